import GuestCustomization

/// The to-do list as CSV, written as `CSVRenderer` writes a report.
package struct FailingCSV: Sendable {
    package init() {}

    /// The whole text, ending with a line break.
    package func render(_ report: FailingReport) -> String {
        var csv = CSVWriter()
        csv.header([
            "vcenter", "vm", "name", "condition", "since", "failures", "failed_at", "endpoint", "error_id",
            "error_message", "cause", "probable_cause", "log_files", "stuck_since",
        ])
        for vm in report.listed {
            let failures = vm.failures
            let cause = vm.cause
            csv.row([
                .text(vm.vm.vCenter), .text(vm.vm.id), .text(vm.vm.name), .text(vm.condition.word), .time(vm.since),
                .number(failures?.count ?? 0), .time(failures?.latestAt), .text(failures?.endpoint.rawValue),
                .text(failures?.error.id), .text(failures?.error.message),
                .text(failures.map { _ in cause?.name ?? FailureCause.unknownName }), .text(cause?.explanation),
                .text(failures.map { _ in cause.logs.map(\.path).joined(separator: "; ") }), .time(vm.stuckSince),
            ])
        }
        return csv.text
    }
}
