import GRDB
import GuestCustomization

/// Which part of a history is exported.
package struct ExportSelection: Sendable {
    /// What earlier exports contain; `nil`: nothing.
    package var after: ExportCursor?
    /// What this export and the earlier ones contain together: the runs that had ended when it began.
    package var through: ExportCursor
    /// The window of the polls, or of the customizations by definition 3; `nil` without a limit.
    package var since: Timestamp?, until: Timestamp?

    package init(after: ExportCursor?, through: ExportCursor, since: Timestamp? = nil, until: Timestamp? = nil) {
        self.after = after
        self.through = through
        self.since = since
        self.until = until
    }

    /// Whether a run belongs to this export. Condition on the number of a run.
    func hasRun(_ id: SQL) -> SQL {
        let isNew: SQL = after.map { "(\(id) > \($0.latest) OR \(id) IN \($0.open))" } ?? "TRUE"
        return "(\(id) <= \(through.latest) AND \(id) NOT IN \(through.open) AND \(isNew))"
    }

    /// Whether a run may have changed something that earlier exports contain: an open one may too.
    private func mayChange(_ id: SQL) -> SQL {
        after.map { "(\(id) > \($0.latest) OR \(id) IN \($0.open))" } ?? "TRUE"
    }

    /// Whether the customizations of `virtual_machine_endpoint AS m` may be others than those exported earlier: its VM's answer changed at
    /// whatever endpoint, it left or came back to the listing, or events tell of it.
    var isTouched: SQL {
        guard after != nil else { return "TRUE" }
        return """
            EXISTS (
                SELECT 1 FROM virtual_machine_endpoint AS n WHERE n.vm_id = m.vm_id AND (EXISTS (
                    SELECT 1 FROM answer_change AS x WHERE x.virtual_machine_endpoint_id = n.id AND \(mayChange("x.run_id"))
                ) OR EXISTS (
                    SELECT 1 FROM virtual_machine_listing AS x
                    WHERE x.virtual_machine_endpoint_id = n.id AND (\(mayChange("x.first_run_id")) OR \(mayChange("x.gone_run_id")))
                ) OR EXISTS (
                    SELECT 1 FROM event AS x WHERE x.virtual_machine_endpoint_id = n.id AND \(mayChange("x.run_id"))
                ))
            )
            """
    }

    /// The answers that no earlier export needed, by their rows in `answer_change AS x`.
    var hasNewAnswer: SQL { mayChange("x.run_id") }

    /// Whether an instant is in the window.
    func isInWindow(_ instant: SQL) -> SQL {
        let isLate: SQL = since.map { "\(instant) >= \($0)" } ?? "TRUE"
        let isEarly: SQL = until.map { "\(instant) < \($0)" } ?? "TRUE"
        return "(\(isLate) AND \(isEarly))"
    }

    /// Whether `collection_run AS r` may have polls in the window. By its blocks, because clocks may be set during a run.
    var mayHavePollsInWindow: SQL {
        guard since != nil || until != nil else { return "TRUE" }
        let isLate: SQL =
            since.map {
                "b.first_ms + CAST('1' || substr('0000000000000', 1, b.digits) AS INTEGER) > \($0)"
            } ?? "TRUE"
        let isEarly: SQL = until.map { "b.first_ms < \($0)" } ?? "TRUE"
        return "EXISTS (SELECT 1 FROM poll_block AS b WHERE b.run_id = r.id AND \(isLate) AND \(isEarly))"
    }
}
