extension Unicode.Scalar {
    /// Whether it is invisible and may affect the text around it: control characters (C0, C1 including CSI), format characters
    /// (bidirectional ones, tags, joiners), line and paragraph separators.
    ///
    /// This alone decides what must not reach a terminal, a log or a page unescaped; each format has its own way to write it.
    package var isUnseen: Bool {
        // Nearly all texts consist of these.
        if (0x20..<0x7F).contains(value) { return false }
        return switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        // Tags without a meaning in Unicode, and surrogates, which no text contains.
        case .unassigned: (0xE0000...0xE0FFF).contains(value)
        default: false
        }
    }
}
