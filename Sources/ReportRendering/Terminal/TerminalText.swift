import GuestCustomization

/// A text that is safe for a terminal, on one line, and its width in columns.
///
/// All text shown to people goes through here, since a VM's name or a guest's error may contain anything. Line breaks become
/// spaces; control, escape, bidirectional and zero-width characters are left out (the JSON format keeps them); a character without
/// a known width becomes `�`. Emoji lose their joiners, variation selectors and skin tones, since terminals disagree on the width of
/// joined emoji.
package struct TerminalText: Hashable, Sendable {
    /// The text, on one line.
    package private(set) var string: String
    /// Columns of a terminal.
    package private(set) var width: Int

    /// More combining marks on one letter than any script needs would overlap the lines above and below.
    private static let marksPerLetter = 8

    /// Makes `untrusted` safe; reads no more of it than is needed to see that it is wider than `limit` columns.
    package init(_ untrusted: String, upTo limit: Int = .max) {
        let bytes = untrusted.utf8
        if bytes.count <= limit, bytes.allSatisfy({ (0x20..<0x7F).contains($0) }) {
            string = untrusted
            width = bytes.count
            return
        }
        let untrusted = TerminalSigns.current.text(untrusted)
        var shown = String.UnicodeScalarView()
        var columns = 0
        DisplayWidth.withWidths { widthOf in
            var marks = Self.marksPerLetter  // a mark without a letter before it is left out
            for scalar in untrusted.unicodeScalars {
                if columns > limit { break }
                if scalar.properties.isWhitespace {
                    guard scalar == " " || shown.last != " " else { continue }
                    shown.append(" ")
                    columns += 1
                    marks = 0
                    continue
                }
                if scalar.isLeftOut { continue }
                let scalarWidth = widthOf(scalar)
                if scalarWidth == 0 {
                    guard marks < Self.marksPerLetter else { continue }
                    marks += 1
                } else {
                    marks = 0
                }
                shown.append(scalarWidth < 0 ? "\u{FFFD}" : scalar)
                columns += scalarWidth < 0 ? 1 : scalarWidth
            }
        }
        string = String(shown)
        width = columns
    }

    private init(_ characters: some Sequence<Character>, width: Int) {
        string = String(characters)
        self.width = width
    }

    /// Truncated to at most `columns`, with `…` at the end.
    package func truncated(to columns: Int) -> TerminalText {
        guard width > columns else { return self }
        let ellipsis = TerminalSigns.current.ellipsis(upTo: columns)
        return joined(head: columns - ellipsis.count, ellipsis, tail: 0)
    }

    /// Truncated to at most `columns`, with `…` in the middle: names often differ only at their end.
    package func truncatedInMiddle(to columns: Int) -> TerminalText {
        guard width > columns else { return self }
        let ellipsis = TerminalSigns.current.ellipsis(upTo: columns)
        let head = min(columns / 2, columns - ellipsis.count)
        return joined(head: head, ellipsis, tail: columns - ellipsis.count - head)
    }

    /// The beginning that fits into `columns`; one column less if a wide character would be cut in two.
    func prefix(columns: Int) -> TerminalText {
        guard width > columns else { return self }
        let (start, used) = Self.taken(string, columns)
        return TerminalText(start, width: used)
    }

    /// Broken at spaces into lines of at most `columns`; truncated after `lines` lines.
    func wrapped(to columns: Int, lines: Int = .max) -> [TerminalText] {
        var wrapped: [TerminalText] = []
        var rest = self
        while rest.width > columns, wrapped.count + 1 < lines {
            let (fitting, _) = Self.taken(rest.string, columns)
            let endsAWord = rest.string.dropFirst(fitting.count).first == " "
            let space = endsAWord ? nil : fitting.lastIndex(of: " ")
            let line = space.map { fitting[..<$0] } ?? fitting[...]
            // Not even one word or one wide character fits.
            if line.isEmpty { break }
            wrapped.append(TerminalText(String(line)))
            rest = TerminalText(String(rest.string.dropFirst(line.count).drop { $0 == " " }))
        }
        return wrapped + [rest.truncated(to: columns)]
    }

    private func joined(head: Int, _ ellipsis: String, tail: Int) -> TerminalText {
        guard head >= 0, tail >= 0 else { return TerminalText("", width: 0) }
        let (start, startWidth) = Self.taken(string, head)
        let (end, endWidth) = Self.taken(string.reversed(), tail)
        return TerminalText(start + ellipsis + end.reversed(), width: startWidth + ellipsis.count + endWidth)
    }

    private static func taken(_ text: some Sequence<Character>, _ columns: Int) -> ([Character], Int) {
        DisplayWidth.withWidths { widthOf in
            var (kept, used): ([Character], Int) = ([], 0)
            for character in text {
                let characterWidth = character.unicodeScalars.reduce(0) { $0 + widthOf($1) }
                guard used + characterWidth <= columns else { break }
                kept.append(character)
                used += characterWidth
            }
            return (kept, used)
        }
    }
}

extension Unicode.Scalar {
    /// Whether it is invisible, or changes how its neighbours are shown.
    fileprivate var isLeftOut: Bool {
        isUnseen || properties.isDefaultIgnorableCodePoint || properties.isEmojiModifier
    }
}
