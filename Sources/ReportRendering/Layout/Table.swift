/// A table of items: what is shown of one of them is said once, in a column, for terminals and for Markdown alike.
struct Table<Item> {
    var columns: [TableColumn<Item>]
    /// One for each row.
    var items: [Item]
    /// The sign before a row on a terminal.
    var mark: (Item) -> TableMark = { _ in (" ", .plain) }
    /// Texts below a row on a terminal; they also have to say what the cells of the columns that were moved there said.
    var details: (Item, _ moved: Set<String>) -> [String] = { _, _ in [] }
}

typealias TableMark = (text: String, style: TerminalStyle)

/// A column of a table.
struct TableColumn<Item> {
    /// In Markdown as it is here, on a terminal in capitals. No title is ever cut.
    var title: String
    var alignment: TableAlignment
    /// In columns of a terminal, as all widths.
    var minimumWidth: Int
    /// What is wider is cut in its middle, whatever room there is.
    var maximumWidth: Int
    /// Into how many lines a cell of the last column may be broken.
    var lines: Int
    /// What may be done to it on a terminal that has no room for all.
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

    /// The same column in a table of items that have a part which this one is about.
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

/// A step to make a table narrower. Steps are taken in the order of their ranks, those of one rank together, as few as will do.
struct Narrowing {
    enum Step: Equatable {
        /// Cells are cut in their middle, to no less than so many columns.
        case shorten(to: Int)
        /// Cells have their abbreviations.
        case abbreviate
        /// Cells stand below their rows.
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

/// What stands in a table in one row of a column.
struct TableCell: ExpressibleByStringInterpolation {
    var text: String
    var style: TerminalStyle
    /// The text where there is no room for all of it.
    var abbreviation: String?
    /// Whether the text is Markdown already, and not to be shown as it is.
    var isMarkdown = false
    /// Drawn on a terminal as a bar as long as this share of the column's width.
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
