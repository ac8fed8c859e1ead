import GRDB
import GuestCustomization

/// Gives the polls, answers and events of VMs that are found to be the same VM to one of them, as if all had been recorded for that one.
struct PollMerge {
    /// The row of `virtual_machine_endpoint` that takes the place of another one.
    private var targets: [Int64: Int64] = [:]
    /// The runs of both vCenters, in order, and whether it is a run on the vCenter that goes.
    private let runs: [(id: Int64, isMoved: Bool)]

    /// Adds the rows of `virtual_machine_endpoint` that the remaining VMs do not have yet.
    ///
    /// - Parameter matches: Rows of `virtual_machine`: of VMs that go, with those that take their place.
    init(from: Int64, into: Int64, joining matches: [Int64: Int64], _ db: Database) throws {
        runs = try db.rows(
            of: "SELECT id, vcenter_id = \(from) FROM collection_run WHERE vcenter_id IN (\(from), \(into)) ORDER BY id"
        ) { (try $0.id(0), try $0.flag(1)) }
        for (source, target) in matches {
            try db.execute(
                sql: """
                    INSERT INTO virtual_machine_endpoint (vm_id, endpoint_id)
                    SELECT ?2, endpoint_id FROM virtual_machine_endpoint WHERE vm_id = ?1 ON CONFLICT DO NOTHING
                    """, arguments: [source, target])
            try db.forEachRow(
                of: """
                    SELECT s.id, t.id FROM virtual_machine_endpoint AS s
                    JOIN virtual_machine_endpoint AS t ON t.vm_id = \(target) AND t.endpoint_id = s.endpoint_id
                    WHERE s.vm_id = \(source)
                    """
            ) { targets[try $0.id(0)] = try $0.id(1) }
        }
    }

    func run(_ db: Database) throws {
        guard !targets.isEmpty else { return }
        for (source, target) in targets {
            try db.cachedStatement(
                sql: "UPDATE event SET virtual_machine_endpoint_id = ? WHERE virtual_machine_endpoint_id = ?"
            ).run([.integer(target), .integer(source)], db)
        }
        let joined = Set(targets.values)
        let involved = joined.union(targets.keys)
        var changes = try AnswerChanges.read(of: involved.contains, db)
        var latest: [Int64: Int64] = [:]
        var merged: [(row: Int64, run: Int64, answerID: Int64)] = []
        for run in runs {
            let table = PollBlockTable(runID: run.id)
            var polls: [PollBlock.Entry] = []
            try table.forEachPoll(db) { polls.append($0) }
            for poll in polls {
                let row = targets[poll.row] ?? poll.row
                guard joined.contains(row) else { continue }
                let answerID = try changes[poll.row, default: AnswerChanges()].answer(in: run.id)
                if latest[row] != answerID { merged.append((row, run.id, answerID)) }
                latest[row] = answerID
            }
            if run.isMoved, polls.contains(where: { targets[$0.row] != nil }) {
                try rewrite(polls, table, db)
            }
        }
        for row in involved {
            try db.cachedStatement(sql: "DELETE FROM answer_change WHERE virtual_machine_endpoint_id = ?")
                .run([.integer(row)], db)
        }
        for change in merged { try AnswerChanges.add(change.answerID, from: change.run, to: change.row, db) }
    }

    private func rewrite(_ polls: [PollBlock.Entry], _ table: PollBlockTable, _ db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM poll_block WHERE run_id = ?").run([.integer(table.runID)], db)
        let moved = polls.map { PollBlock.Entry(row: targets[$0.row] ?? $0.row, milliseconds: $0.milliseconds) }
        var parts: [Int64: Int64] = [:]
        try table.append(moved.sorted { $0.row < $1.row }, parts: &parts, db)
    }
}
