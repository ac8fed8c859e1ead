import GRDB
import GuestCustomization

/// Brings in what the runs of one vCenter found about its VMs. Each run keeps the changes that it saw, also if a run of this history between two
/// of them saw others.
struct IncomingAttributes {
    /// The numbers here of the runs that are brought in, by those there.
    let runs: [Int64: Int64]
    /// The rows of `virtual_machine` here by those there.
    let vms: [Int64: Int64]
    /// The vCenter's row there.
    let vCenter: Int64

    func bring(_ source: Database, _ target: Database) throws {
        var register = AttributeTexts()
        var known: [Int64: Int64] = [:]
        func text(_ there: Int64) throws -> Int64 {
            if let here = known[there] { return here }
            guard let text = try source.firstRow(of: "SELECT text FROM attribute_text WHERE id = \(there)", { try $0.text(0) })
            else { throw StoredValueFault(complaint: "names no row of attribute_text") }
            let here = try register.row(of: text, target)
            known[there] = here
            return here
        }
        let changes: SQL = """
            SELECT a.vm_id, a.run_id, \(sql: StoredAttributes.selection(of: "a")) FROM attribute_change AS a
            JOIN collection_run AS r ON r.id = a.run_id WHERE r.vcenter_id = \(vCenter)
            """
        try source.forEachRow(of: changes) { row in
            guard let vm = vms[try row.id(0)], let run = runs[try row.id(1)] else { return }
            try StoredAttributes(StoredAttributes(row, from: 2), text).insert(of: vm, from: run, target)
        }
        let sources: SQL = """
            SELECT s.vm_id, s.run_id, s.event_key, s.created_ms, s.source_id FROM virtual_machine_source AS s
            JOIN collection_run AS r ON r.id = s.run_id WHERE r.vcenter_id = \(vCenter)
            """
        try source.forEachRow(of: sources) { row in
            guard let vm = vms[try row.id(0)], let run = runs[try row.id(1)] else { return }
            try VirtualMachineSource.insert(
                of: vm, from: run, key: Int64(try row.count(2)), createdAt: try row.timestampOrNull(3),
                text: try text(try row.id(4)), target)
        }
    }
}
