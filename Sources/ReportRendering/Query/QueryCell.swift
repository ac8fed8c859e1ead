import GuestCustomization

/// A value as a table shows it.
struct QueryCell {
    /// Columns of a text that are read.
    static let textLimit = 200
    private static let blobLimit = 100

    var text: TerminalText
    var style = TerminalStyle.plain
    /// A number is aligned to the right, and never shortened.
    var isNumber = false

    init(_ value: QueryValue, upTo limit: Int = textLimit) {
        switch value {
        case .null:
            text = TerminalText("NULL")
            style = .dim
        case .integer(let number):
            text = TerminalText(String(number))
            isNumber = true
        case .real(let number):
            text = TerminalText(number.notation(infinite: "Inf"))
            isNumber = true
        case .text(let string): text = TerminalText(string, upTo: limit)
        case .blob(let bytes): text = TerminalText(bytes.literal(upTo: Self.blobLimit))
        }
    }
}
