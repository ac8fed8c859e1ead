import GuestCustomization

/// The result of a query as a table for terminals. The first rows decide how wide the columns are; if even so they do not fit, each
/// value gets a line of its own.
package struct QueryTable: QueryRenderer {
    /// Rows and cells that are kept until the widths are known.
    private static let sample = (rows: 500, cells: 20_000)
    private static let gap = "  "
    /// Lines of a value that has lines of its own.
    private static let valueLines = 5

    private let width: Int
    private let colors: Bool
    private var titles: [TerminalText] = []
    private var waiting: [[QueryValue]] = []
    /// `nil` as long as rows are waiting.
    private var layout: QueryTableLayout?
    private var count = 0

    /// - Parameters:
    ///   - width: Maximum width of a line, in columns; only numbers may exceed it.
    ///   - colors: Whether ANSI escape sequences are used.
    package init(width: Int = 100, colors: Bool = false) {
        self.width = width
        self.colors = colors
    }

    /// Takes the names of the columns.
    package mutating func head(_ columns: [String]) -> String {
        titles = columns.map { TerminalText($0, upTo: QueryCell.textLimit).truncated(to: 40) }
        return ""
    }

    /// Writes one row.
    package mutating func row(_ values: [QueryValue]) -> String {
        if layout != nil { return shown(values) }
        waiting.append(values.map(Self.bounded))
        return waiting.count == Self.sample.rows || waiting.count * titles.count >= Self.sample.cells ? laidOut() : ""
    }

    /// Writes what comes after the rows.
    package mutating func end() -> String {
        let rows = layout == nil ? laidOut() : ""
        return rows + (titles.isEmpty ? "" : "\n") + (count == 1 ? "1 row\n" : "\(count) rows\n")
    }

    /// Without what no table shows.
    private static func bounded(_ value: QueryValue) -> QueryValue {
        switch value {
        case .text(let text) where text.utf8.count > 8000:
            .text(String(text.unicodeScalars.prefix(2000)))
        case .blob(let bytes): .blob(Array(bytes.prefix(1000)))
        default: value
        }
    }

    private mutating func laidOut() -> String {
        let layout = QueryTableLayout(titles, waiting.map { $0.map { QueryCell($0) } }, room: width)
        self.layout = layout
        defer { waiting = [] }
        return (layout.isTable ? line(titles.map { ($0, .dim) }, layout) : "") + waiting.map { shown($0) }.joined()
    }

    private mutating func shown(_ values: [QueryValue]) -> String {
        count += 1
        guard let layout, layout.isTable else { return record(values) }
        return line(
            zip(values, layout.widths).map { value, width in
                let cell = QueryCell(value)
                return (cell.isNumber ? cell.text : cell.text.truncatedInMiddle(to: width), cell.style)
            }, layout)
    }

    private func line(_ cells: [(TerminalText, TerminalStyle)], _ layout: QueryTableLayout) -> String {
        var line = TerminalLine()
        for (index, (text, style)) in cells.enumerated() {
            if index > 0 { line.append(Self.gap) }
            let blank = String(repeating: " ", count: max(0, layout.widths[index] - text.width))
            if layout.isRight[index] { line.append(blank) }
            line.append(text, style)
            if !layout.isRight[index], index < cells.count - 1 { line.append(blank) }
        }
        return line.rendered(width: .max, colors: colors) + "\n"
    }

    /// One line or more for each value.
    private func record(_ values: [QueryValue]) -> String {
        let nameWidth = min(titles.map(\.width).max() ?? 0, 30)
        let limit = (Self.valueLines + 1) * width
        let lines = zip(titles, values).flatMap { title, value in
            var line = TerminalLine("  ")
            line.append(title.truncatedInMiddle(to: nameWidth))
            line.pad(to: nameWidth + 4)
            let cell = QueryCell(value, upTo: limit)
            return line.followed(by: cell.text.string, width: width, lines: Self.valueLines, cell.style)
        }
        return (count == 1 ? "" : "\n")
            + ([TerminalLine("row \(count)", .bold)] + lines).rendered(width: width, colors: colors)
    }
}

/// The widths of a query's columns.
struct QueryTableLayout {
    /// Whether the columns fit beside each other.
    let isTable: Bool
    let widths: [Int]
    /// Whether a column has only numbers.
    let isRight: [Bool]

    /// A text may be shortened to this.
    private static let leastText = 12

    init(_ titles: [TerminalText], _ rows: [[QueryCell]], room: Int) {
        isRight = titles.indices.map { column in
            rows.contains { $0[column].isNumber } && rows.allSatisfy { $0[column].isNumber || $0[column].style == .dim }
        }
        let natural = titles.indices.map { column in
            rows.reduce(titles[column].width) { max($0, $1[column].text.width) }
        }
        let numbers = titles.indices.map { column in
            rows.reduce(0) { $1[column].isNumber ? max($0, $1[column].text.width) : $0 }
        }
        var widths = titles.indices.map { min(natural[$0], max(titles[$0].width, numbers[$0], Self.leastText)) }
        var spare = room - widths.reduce(0, +) - 2 * max(0, titles.count - 1)
        isTable = spare >= 0
        // The narrow ones first: they become whole for little.
        for column in titles.indices.sorted(by: { natural[$0] < natural[$1] }) where spare > 0 {
            let more = min(spare, natural[column] - widths[column])
            widths[column] += more
            spare -= more
        }
        self.widths = widths
    }
}
