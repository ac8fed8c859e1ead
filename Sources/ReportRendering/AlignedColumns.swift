/// A table whose columns are as wide as what stands in them, each row with lines below it.
struct AlignedColumns {
    enum Alignment {
        case left, right
    }

    struct Row {
        var mark: (String, TerminalStyle)
        var cells: [String]
        /// Lines below the row.
        var details: [String] = []
    }

    private let columns: [(head: String, alignment: Alignment)]
    private var rows: [Row] = []

    init(_ columns: [(head: String, alignment: Alignment)]) {
        self.columns = columns
    }

    mutating func append(_ row: Row) {
        rows.append(row)
    }

    /// The lines, none of them wider than `width` where it is rendered so.
    func lines(width: Int) -> [TerminalLine] {
        guard !rows.isEmpty else { return [] }
        let widths = columns.indices.map { index in
            rows.reduce(columns[index].head.count) { max($0, TerminalText($1.cells[index]).width) }
        }
        var lines = [line(mark: (" ", .plain), cells: columns.map(\.head), widths, .dim)]
        for row in rows {
            lines.append(line(mark: row.mark, cells: row.cells, widths, .plain))
            for detail in row.details {
                lines += TerminalLine("  └ ", .dim).followed(by: detail, width: width, lines: 2)
            }
        }
        return lines
    }

    private func line(
        mark: (String, TerminalStyle), cells: [String], _ widths: [Int], _ style: TerminalStyle
    ) -> TerminalLine {
        var line = TerminalLine(mark.0, mark.1)
        var column = 0
        for (index, cell) in cells.enumerated() {
            column += 2
            switch columns[index].alignment {
            case .left:
                line.pad(to: column)
                line.append(cell, style)
            case .right: line.append(cell, endingAt: column + widths[index], style)
            }
            column += widths[index]
        }
        return line
    }
}
