/// A table of items. What it shows of an item is defined once, in a column, for terminals and for Markdown.
struct Table<Item> {
    var columns: [TableColumn<Item>]
    /// The items, one for each row.
    var items: [Item]
    /// The sign before a row on a terminal.
    var mark: (Item) -> TableMark = { _ in (" ", .plain) }
    /// Texts below a row on a terminal; they also have to include the cells of columns that were moved there.
    var details: (Item, _ moved: Set<String>) -> [String] = { _, _ in [] }
}

typealias TableMark = (text: String, style: TerminalStyle)

/// A column of a table.
struct TableColumn<Item> {
    /// The title, shown in capitals on a terminal. It is never truncated.
    var title: String
    var alignment: TableAlignment
    /// In terminal columns, like all widths.
    var minimumWidth: Int
    /// A wider text is truncated in the middle, even if there is room.
    var maximumWidth: Int
    /// How many lines a cell of the last column may take.
    var lines: Int
    /// How it may be narrowed on a terminal that has no room for all columns.
    var whenNarrow: [Narrowing]
    var cell: (Item) -> TableCell

    init(
        _ title: String, _ alignment: TableAlignment = .left, minimumWidth: Int = 0, maximumWidth: Int = .max,
        lines: Int = 1, whenNarrow: [Narrowing] = [], cell: @escaping (Item) -> TableCell
    ) {
        self.title = title
        self.alignment = alignment
        self.minimumWidth = minimumWidth
        self.maximumWidth = maximumWidth
        self.lines = lines
        self.whenNarrow = whenNarrow
        self.cell = cell
    }

    /// The same column for a table of items that contain this column's item as a part.
    func of<Whole>(_ part: @escaping (Whole) -> Item) -> TableColumn<Whole> {
        TableColumn<Whole>(
            title, alignment, minimumWidth: minimumWidth, maximumWidth: maximumWidth, lines: lines,
            whenNarrow: whenNarrow
        ) { cell(part($0)) }
    }
}

enum TableAlignment {
    case left, right
}

/// A step to make a table narrower. Steps are taken in the order of their ranks, those of the same rank together, as few as are needed.
struct Narrowing {
    enum Step: Equatable {
        /// Cells are truncated in the middle, to no less than this many columns.
        case shorten(to: Int)
        /// Cells show their abbreviations.
        case abbreviate
        /// Cells move below their rows.
        case moveBelow
        /// The column is left out.
        case drop
    }

    var rank: Int
    var step: Step

    init(_ rank: Int, _ step: Step) {
        self.rank = rank
        self.step = step
    }
}

/// The content of a table in one row of a column.
struct TableCell: ExpressibleByStringInterpolation {
    var text: String
    var style: TerminalStyle
    /// A shorter text if there is no room for the whole one.
    var abbreviation: String?
    /// Whether the text is already Markdown, so that it must not be escaped.
    var isMarkdown = false
    /// The length of a bar drawn on a terminal, as a share of the column's width.
    var share: Double?

    init(_ text: String, _ style: TerminalStyle = .plain, abbreviation: String? = nil) {
        self.text = text
        self.style = style
        self.abbreviation = abbreviation
    }

    init(stringLiteral text: String) {
        self.init(text)
    }

    static func markdown(_ text: String) -> TableCell {
        var cell = TableCell(text)
        cell.isMarkdown = true
        return cell
    }

    /// - Parameter share: Between 0 and 1; `nil`: none is drawn.
    static func bar(_ share: Double?) -> TableCell {
        var cell = TableCell("", .red)
        cell.share = share
        return cell
    }
}
