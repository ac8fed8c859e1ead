extension Unicode.Scalar {
    /// Whether it has no shape and may act on its surroundings: control characters (C0, C1 and with them CSI), format characters (the
    /// bidirectional ones, tags, joiners), line and paragraph separators.
    ///
    /// The one answer to what must not reach a terminal, a log or a page as it is; each format has its own way to write it.
    package var isUnseen: Bool {
        // What nearly all texts consist of.
        if (0x20..<0x7F).contains(value) { return false }
        return switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        // Tags that Unicode has not given a meaning, and surrogates, which no text holds.
        case .unassigned: (0xE0000...0xE0FFF).contains(value)
        default: false
        }
    }
}
