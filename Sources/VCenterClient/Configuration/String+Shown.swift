extension String {
    /// A foreign text as it may stand in a one-line message: control, format and bidirectional characters replaced by `?`, and cut.
    func shown(upTo limit: Int = 200) -> String {
        let scalars = unicodeScalars.lazy.map { scalar -> Unicode.Scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: "?"
            default: scalar
            }
        }
        let shown = String(String.UnicodeScalarView(scalars.prefix(limit)))
        return shown.unicodeScalars.count < unicodeScalars.count ? shown + "…" : shown
    }
}
