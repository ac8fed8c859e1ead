extension String {
    /// An untrusted text made safe for a one-line message: invisible characters become `?`, and the text is cut.
    package func shown(upTo limit: Int = 200) -> String {
        let scalars = unicodeScalars.lazy.map { scalar -> Unicode.Scalar in
            if scalar.isUnseen { return "?" }
            switch scalar.properties.generalCategory {
            case .privateUse, .unassigned: return "?"
            default: return scalar
            }
        }
        let shown = String(String.UnicodeScalarView(scalars.prefix(limit)))
        return shown.unicodeScalars.count < unicodeScalars.count ? shown + "…" : shown
    }
}
