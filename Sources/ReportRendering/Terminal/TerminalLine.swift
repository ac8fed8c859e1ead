/// The style of a piece of text on a terminal that shows colours.
enum TerminalStyle: String, Sendable {
    case plain = ""
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
}

/// One line of output, put together piece by piece.
struct TerminalLine {
    private var pieces: [(text: TerminalText, style: TerminalStyle)] = []
    private(set) var width = 0

    init() {}

    init(_ text: String, _ style: TerminalStyle = .plain) {
        append(TerminalText(text), style)
    }

    mutating func append(_ text: TerminalText, _ style: TerminalStyle = .plain) {
        pieces.append((text, style))
        width += text.width
    }

    mutating func append(_ text: String, _ style: TerminalStyle = .plain) {
        append(TerminalText(text), style)
    }

    /// Pads with spaces to a column.
    mutating func pad(to column: Int) {
        if column > width { append(String(repeating: " ", count: column - width)) }
    }

    /// Pads with spaces so that `text` ends at a column.
    mutating func append(_ text: String, endingAt column: Int, _ style: TerminalStyle = .plain) {
        let text = TerminalText(text)
        pad(to: column - text.width)
        append(text, style)
    }

    /// This line followed by a text that is broken into at most `lines` lines, the further lines indented to the start of the first.
    func followed(
        by text: String, width columns: Int, lines: Int = .max, _ style: TerminalStyle = .plain
    ) -> [TerminalLine] {
        let room = max(1, columns - width)
        // Text beyond the shown lines need not be read; a broken line may fill only half of its room.
        let text = TerminalText(text, upTo: lines < 100 ? (lines + 1) * room : .max)
        return text.wrapped(to: room, lines: lines).enumerated().map { index, part in
            var line = self
            if index > 0 {
                line = TerminalLine()
                line.pad(to: width)
            }
            line.append(part, style)
            return line
        }
    }

    /// A heading that is never cut: if it is wider than `columns`, what follows its first piece has lines of its own.
    func asHeading(width columns: Int) -> [TerminalLine] {
        guard width > columns, let title = pieces.first else { return [self] }
        var first = TerminalLine()
        first.append(title.text, title.style)
        let rest = pieces.dropFirst().map(\.text.string).joined().drop { " ,".contains($0) }
        return [first] + TerminalLine("  ").followed(by: String(rest), width: columns)
    }

    /// The line, truncated to `columns`, with ANSI escape sequences if `colors`.
    func rendered(width columns: Int, colors: Bool) -> String {
        var line = ""
        let ellipsis = width > columns ? TerminalSigns.current.ellipsis(upTo: columns) : ""
        var room = columns - ellipsis.count
        for piece in pieces where room > 0 {
            let text = piece.text.prefix(columns: room)
            // A wide character that does not fit ends the line: the following text must not take its place.
            room = text.width < piece.text.width ? 0 : room - text.width
            line +=
                colors && piece.style != .plain ? "\u{1B}[\(piece.style.rawValue)m\(text.string)\u{1B}[0m" : text.string
        }
        return line + ellipsis
    }
}

extension [TerminalLine] {
    /// The lines, each cut to `columns` and ending with a line break.
    func rendered(width columns: Int, colors: Bool) -> String {
        map { $0.rendered(width: columns, colors: colors) + "\n" }.joined()
    }
}

extension [[TerminalLine]] {
    /// The blocks that have lines, with an empty line between them.
    func rendered(width columns: Int, colors: Bool) -> String {
        filter { !$0.isEmpty }.map { $0.rendered(width: columns, colors: colors) }.joined(separator: "\n")
    }
}
