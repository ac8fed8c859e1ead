/// Which columns of a table are shown on a terminal, and how wide they are.
struct TableWidths {
    struct Place {
        var start: Int
        var width: Int
    }

    /// The columns that are shown, from left to right.
    let shown: [(place: Place, column: Int)]
    /// Titles of the columns whose cells are moved below their rows.
    let moved: Set<String>
    private let abbreviated: Set<Int>

    /// Spaces before each column.
    private static let gap = 2
    private static let barWidth = 10
    /// Columns of a text that are read.
    private static let textLimit = 200

    init<Item>(_ table: Table<Item>, room: Int) {
        let columns = table.columns
        let natural = columns.map { column in
            Self.width(of: column, table.items) { $0.text }
        }
        let short = columns.indices.map { index in
            columns[index].whenNarrow.contains { $0.step == .abbreviate }
                ? Self.width(of: columns[index], table.items) { $0.abbreviation ?? $0.text } : natural[index]
        }
        let steps = Dictionary(
            grouping: columns.indices.flatMap { index in columns[index].whenNarrow.map { (column: index, $0) } },
            by: \.1.rank
        ).sorted { $0.key < $1.key }.map(\.value)
        func form(after taken: [Int]) -> Form {
            taken.reduce(into: Form(natural)) { form, rank in
                for (column, narrowing) in steps[rank] {
                    form.take(narrowing.step, column, titleWidth: columns[column].title.count, short: short[column])
                }
            }
        }
        // Take as many steps as needed, then undo each one that turns out to be unnecessary.
        var taken: [Int] = []
        while form(after: taken).minimumWidth > room, taken.count < steps.count { taken.append(taken.count) }
        for rank in taken.reversed() {
            let fewer = taken.filter { $0 != rank }
            if form(after: fewer).minimumWidth <= room { taken = fewer }
        }
        let form = form(after: taken)
        shown = form.places(in: room)
        moved = Set(form.moved.map { columns[$0].title })
        abbreviated = form.abbreviated
    }

    /// The width of a column with all its cells.
    private static func width<Item>(of column: TableColumn<Item>, _ items: [Item], _ text: (TableCell) -> String) -> Int
    {
        let least = max(column.title.count, column.minimumWidth)
        guard column.lines == 1 else { return least }
        return items.reduce(least) { widest, item in
            let cell = column.cell(item)
            guard cell.share == nil else { return max(widest, barWidth) }
            return max(widest, min(column.maximumWidth, TerminalText(text(cell), upTo: textLimit).width))
        }
    }

    /// The text shown of a cell in its place.
    func text(of cell: TableCell, in column: Int, _ place: Place) -> TerminalText {
        if let share = cell.share { return TerminalText(HorizontalBar.text(share, columns: place.width)) }
        let text = abbreviated.contains(column) ? cell.abbreviation ?? cell.text : cell.text
        return TerminalText(text, upTo: Self.textLimit).truncatedInMiddle(to: place.width)
    }

    /// The columns after some steps.
    private struct Form {
        /// The natural width of each column, with all its content, and its minimum width; `nil` if it is not shown.
        var widths: [(natural: Int, minimum: Int)?]
        var moved: Set<Int> = []
        var abbreviated: Set<Int> = []

        init(_ natural: [Int]) {
            widths = natural.map { ($0, $0) }
        }

        mutating func take(_ step: Narrowing.Step, _ index: Int, titleWidth: Int, short: Int) {
            guard let width = widths[index] else { return }
            switch step {
            case .shorten(let limit): widths[index]?.minimum = min(width.minimum, max(limit, titleWidth))
            case .abbreviate:
                abbreviated.insert(index)
                widths[index] = (short, min(short, width.minimum))
            case .moveBelow:
                moved.insert(index)
                widths[index] = nil
            case .drop: widths[index] = nil
            }
        }

        var minimumWidth: Int { widths.reduce(0) { $0 + ($1.map { $0.minimum + gap } ?? 0) } }

        /// Columns that can be narrowed share the room that is left.
        func places(in room: Int) -> [(Place, Int)] {
            var spare = max(0, room - minimumWidth)
            var start = 0
            return widths.enumerated().compactMap { index, width in
                guard let width else { return nil }
                let more = min(spare, width.natural - width.minimum)
                spare -= more
                let place = Place(start: start + gap, width: width.minimum + more)
                start = place.start + place.width
                return (place, index)
            }
        }
    }
}
