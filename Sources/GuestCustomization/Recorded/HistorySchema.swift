/// What a history's tables and views contain, in words.
package struct HistorySchema: Hashable, Sendable {
    /// A table or a view.
    package struct Object: Hashable, Sendable {
        /// How it may be used.
        package enum Kind: String, Sendable {
            /// A view of the public contract: its name and columns stay.
            case publicView = "public view"
            /// A view of the program's own, which may change.
            case view
            /// A table of the program's own, which may change.
            case table
        }

        /// As SQL has it.
        package var name: String
        /// How it may be used.
        package var kind: Kind
        /// What one row is, in one line; `nil` if nobody wrote it down.
        package var description: String?
        /// In their order.
        package var columns: [Column]

        package init(name: String, kind: Kind, description: String?, columns: [Column]) {
            self.name = name
            self.kind = kind
            self.description = description
            self.columns = columns
        }
    }

    /// A column of a table or a view.
    package struct Column: Hashable, Sendable {
        /// As SQL has it.
        package var name: String
        /// `INTEGER`, `REAL`, `TEXT`, `BLOB` or `ANY`; `nil` for a view's expression without a CAST.
        package var type: String?
        /// In one line; `nil` if nobody wrote it down.
        package var description: String?

        package init(name: String, type: String?, description: String?) {
            self.name = name
            self.type = type
            self.description = description
        }
    }

    /// The public views first, then the other views, then the tables; each kind in the order of the migrations.
    package var objects: [Object]

    package init(objects: [Object]) {
        self.objects = objects
    }
}
