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
    /// Heads of the columns that are left out where there is no room for all, the first of them first.
    private let dispensable: [String]
    private var rows: [Row] = []

    init(_ columns: [(head: String, alignment: Alignment)], dispensable: [String] = []) {
        self.columns = columns
        self.dispensable = dispensable
    }

    mutating func append(_ row: Row) {
        rows.append(row)
    }

    /// Whether no column needs to be cut, once the dispensable ones are left out.
    func fits(_ width: Int) -> Bool { Self.width(of: widths(in: width)) <= width }

    /// The width of each column; `nil` for one that is left out.
    private func widths(in room: Int) -> [Int?] {
        var widths: [Int?] = columns.indices.map { index in
            rows.reduce(columns[index].head.count) { max($0, TerminalText($1.cells[index]).width) }
        }
        for head in dispensable where Self.width(of: widths) > room {
            if let index = columns.firstIndex(where: { $0.head == head }) { widths[index] = nil }
        }
        return widths
    }

    private static func width(of widths: [Int?]) -> Int { widths.reduce(0) { $0 + ($1.map { $0 + 2 } ?? 0) } }

    /// The lines, none of them wider than `width` where it is rendered so.
    func lines(width: Int) -> [TerminalLine] {
        guard !rows.isEmpty else { return [] }
        let widths = widths(in: width)
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
        mark: (String, TerminalStyle), cells: [String], _ widths: [Int?], _ style: TerminalStyle
    ) -> TerminalLine {
        var line = TerminalLine(mark.0, mark.1)
        var column = 0
        for (index, cell) in cells.enumerated() {
            guard let width = widths[index] else { continue }
            column += 2
            switch columns[index].alignment {
            case .left:
                line.pad(to: column)
                line.append(cell, style)
            case .right: line.append(cell, endingAt: column + width, style)
            }
            column += width
        }
        return line
    }
}
