import GuestCustomization
import HistoryStore
import ReportRendering

/// Writes the script that adds a history to a warehouse.
struct WarehouseExport {
    let history: HistoryDatabase
    let selection: ExportSelection
    private let script = WarehouseScript()

    init(history: HistoryDatabase, selection: ExportSelection) {
        self.history = history
        self.selection = selection
    }

    /// Tables that others refer to come later: a VM that is new when the polls have been written is then in the script.
    private static let tables: [(ExportedTable, String)] = [
        (.polls, "poll"), (.runs, "collection_run"), (.customizations, "customization"),
        (.answers, "answer"), (.virtualMachineEndpoints, "virtual_machine_endpoint"),
        (.virtualMachines, "virtual_machine"), (.vCenters, "vcenter"),
    ]

    func write(_ head: WarehouseScript.Head, _ write: (String) throws -> Void) throws {
        try write(script.begin(head))
        for (table, name) in Self.tables {
            try write(script.copy(name, history.columns(of: table)))
            try history.export(table, selection) { try write(script.rows($0)) }
            try write(script.endCopy)
        }
        try write(script.end)
    }
}
