import GRDB
import GuestCustomization

/// What can be exported.
package enum ExportedTable: Sendable {
    /// The rows of the views `poll_history` and `customization_history`.
    case pollHistory, customizationHistory
    /// The tables of a warehouse; see `create.sql` of ReportRendering.
    case runs, polls, answers, customizations, virtualMachines, virtualMachineEndpoints, vCenters
}

extension HistoryDatabase {
    /// What an export of everything would contain now.
    ///
    /// - Throws: `HistoryError`.
    package func exportCursor() throws -> ExportCursor {
        try read("read the collection runs of") { db in
            let latest = try db.firstRow(of: "SELECT max(id) FROM collection_run") { try $0.idOrNull(0) }
            let open = try db.rows(of: "SELECT id FROM collection_run WHERE outcome = 'running' ORDER BY id") {
                try $0.id(0)
            }
            return ExportCursor(latest: (latest ?? nil) ?? 0, open: open)
        }
    }

    /// The columns of a table, in the order of its rows.
    package func columns(of table: ExportedTable) -> [String] {
        ExportQuery(table, ExportSelection(after: nil, through: ExportCursor(latest: 0))).columns.map(\.name)
    }

    /// Reads a table in pieces, each in a transaction of its own. Runs are never divided, and neither are the customizations of one VM.
    ///
    /// - Parameter body: Called with the rows of each piece, outside of any transaction.
    /// - Throws: `HistoryError`; what `body` throws.
    package func export(
        _ table: ExportedTable, _ selection: ExportSelection, _ body: ([ExportedRow]) throws -> Void
    ) throws {
        if case .answers = table, selection.after != nil { return try exportNewAnswers(selection, body) }
        let query = ExportQuery(table, selection)
        var last: Int64 = 0
        while let piece = try read("export", { try query.piece(after: last, $0) }) {
            if !piece.rows.isEmpty { try body(piece.rows) }
            last = piece.last
        }
    }

    /// Only a few answers are new, and to look for them in all would take as long as to export all.
    private func exportNewAnswers(_ selection: ExportSelection, _ body: ([ExportedRow]) throws -> Void) throws {
        let ids = try read("export") { db in
            try db.rows(
                of: "SELECT DISTINCT x.answer_id FROM answer_change AS x WHERE \(selection.hasNewAnswer) ORDER BY 1"
            ) { try $0.id(0) }
        }
        let query = ExportQuery(.answers, selection)
        var pieces = ids[...]
        while !pieces.isEmpty {
            let rows = try read("export") { db in
                try pieces.prefix(ExportQuery.pieceRows).compactMap { id in
                    try db.firstRow(of: query.rows(id - 1, id)) { row in
                        try query.columns.enumerated().map { try $0.element.value(row, CInt($0.offset)) }
                    }
                }
            }
            try body(rows)
            pieces = pieces.dropFirst(ExportQuery.pieceRows)
        }
    }
}
