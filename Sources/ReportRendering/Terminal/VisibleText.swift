import GuestCustomization

extension String {
    /// This untrusted text on one line, of at most `limit` Unicode scalars, for formats other than the terminal's.
    ///
    /// White space becomes one space; control, bidirectional and other invisible characters are left out, except the two
    /// joiners that scripts and emoji need; unassigned code points become `�`; excessive combining marks are left out. The JSON
    /// format keeps everything.
    func visible(upTo limit: Int = .max) -> String {
        if utf8.count <= limit, utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return self }
        var shown = String.UnicodeScalarView()
        var marks = 0
        var count = 0
        for scalar in unicodeScalars {
            if scalar.properties.isWhitespace {
                if shown.last == " " || shown.isEmpty { continue }
                marks = 0
            } else if scalar.isUnseen, !Self.joiners.contains(scalar) {
                continue
            }
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark: marks += 1
            default: marks = 0
            }
            // More combining marks on one letter than any script needs would overlap the lines above and below.
            if marks > 8 { continue }
            if count == limit {
                shown.append("…")
                break
            }
            count += 1
            if scalar.properties.isWhitespace {
                shown.append(" ")
            } else if scalar.properties.isNoncharacterCodePoint || scalar.properties.generalCategory == .unassigned {
                shown.append("\u{FFFD}")
            } else {
                shown.append(scalar)
            }
        }
        return String(shown)
    }

    /// Zero-width non-joiner and joiner.
    private static let joiners: Set<Unicode.Scalar> = ["\u{200C}", "\u{200D}"]
}
