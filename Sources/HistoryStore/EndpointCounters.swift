import GRDB

/// Writes the columns of `virtual_machine_endpoint` that change with every poll that reported a status.
struct EndpointCounters {
    // An upsert: an UPDATE for each row, stepped without GRDB, took longer. The rows are there: nothing is ever inserted, and
    // the foreign keys would refuse it.
    private var statement = MultiRowStatement(
        "INSERT INTO virtual_machine_endpoint (id, vm_id, endpoint_id, polls, last_reported_ms) VALUES",
        row: "(?, 0, 0, ?, ?)",
        tail: "ON CONFLICT (id) DO UPDATE SET polls = excluded.polls, last_reported_ms = excluded.last_reported_ms",
        columns: 3)

    /// A VM that never reported has nothing to write.
    mutating func append(_ vm: TrackedVM) {
        guard let last = vm.lastReportedAt else { return }
        statement.append(vm.id, Int64(vm.current?.observed.polls ?? 0), last.unixMilliseconds)
    }

    mutating func flush(_ db: Database) throws {
        try statement.flush(db)
    }
}
