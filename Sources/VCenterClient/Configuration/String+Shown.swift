import GuestCustomization

extension String {
    /// A foreign text as it may stand in a one-line message: what has no shape of its own replaced by `?`, and cut.
    func shown(upTo limit: Int = 200) -> String {
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
