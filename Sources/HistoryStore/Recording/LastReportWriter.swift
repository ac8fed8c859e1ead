import GRDB

/// Writes the rows of `last_report`, which change with every poll that reported a status.
struct LastReportWriter {
    private var statement = MultiRowStatement(
        "REPLACE INTO last_report (virtual_machine_endpoint_id, last_reported_ms, customization_id, polls) VALUES")

    /// Adds the row of a VM; one that never reported has none.
    mutating func append(_ vm: TrackedVM) {
        guard let last = vm.lastReportedAt else { return }
        statement.append(
            vm.id, last.unixMilliseconds, vm.current?.id, Int64(vm.current?.observed.polls ?? 0))
    }

    mutating func flush(_ db: Database) throws {
        try statement.flush(db)
    }
}
