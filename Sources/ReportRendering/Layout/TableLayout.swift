/// The layout of a table on a terminal of a given width.
struct TableLayout<Item> {
    /// The titles.
    let head: TerminalLine
    /// The lines of each row.
    let rows: [[TerminalLine]]

    init(_ table: Table<Item>, width: Int) {
        let widths = TableWidths(table, room: width)
        var head = TerminalLine("  ")
        for (place, index) in widths.shown {
            let column = table.columns[index]
            head.append(TerminalText(column.title.uppercased()), at: place, column.alignment, .dim)
        }
        self.head = head
        rows = table.items.map { item in
            Self.cells(of: item, table, widths, width: width)
                + table.details(item, widths.moved).flatMap {
                    TerminalLine("  └ ", .dim).followed(by: $0, width: width, lines: Self.detailLines(width: width))
                }
        }
    }

    /// About as much text at any width: a screen of 80 columns or more shows two lines of a detail.
    private static func detailLines(width: Int) -> Int { max(2, 1 + 150 / max(1, width)) }

    /// The titles and all rows; empty if there are no rows.
    var lines: [TerminalLine] { rows.isEmpty ? [] : [head] + rows.joined() }

    private static func cells(
        of item: Item, _ table: Table<Item>, _ widths: TableWidths, width: Int
    ) -> [TerminalLine] {
        let mark = table.mark(item)
        var line = TerminalLine(mark.text + " ", mark.style)
        // An empty cell in a column without a title gives its place to the next one.
        var free: Int?
        for (place, index) in widths.shown {
            let column = table.columns[index]
            let cell = column.cell(item)
            let place = TableWidths.Place(start: free ?? place.start, width: place.width)
            if column.lines > 1 {
                line.pad(to: place.start)
                return line.followed(by: cell.text, width: width, lines: column.lines, cell.style)
            }
            let text = widths.text(of: cell, in: index, place)
            line.append(text, at: place, column.alignment, cell.style)
            free = column.title.isEmpty && text.width == 0 ? place.start : nil
        }
        return [line]
    }
}

extension TerminalLine {
    fileprivate mutating func append(
        _ text: TerminalText, at place: TableWidths.Place, _ alignment: TableAlignment, _ style: TerminalStyle
    ) {
        guard text.width > 0 else { return }
        pad(to: alignment == .left ? place.start : place.start + place.width - text.width)
        append(text, style)
    }
}
