import GRDB
import GuestCustomization
import HistoryEvidence

/// Brings what a plan says from one history into another, within a transaction.
struct HistoryMerge {
    let plan: MergePlan
    let source: Database
    let target: Database
    let amender: Amender
    let progress: (Int) throws -> Void

    /// The numbers here of the runs that are brought in, by those there.
    private var numbers: [Int64: Int64] = [:]
    /// All runs of each vCenter here, in order, by its row there.
    private var orders: [Int64: [(here: Int64, there: Int64?)]] = [:]
    private var answers = IncomingAnswers()

    init(
        _ plan: MergePlan, from source: Database, into target: Database, by amender: Amender,
        progress: @escaping (Int) throws -> Void
    ) {
        (self.plan, self.source, self.target, self.amender, self.progress) = (plan, source, target, amender, progress)
    }

    mutating func run() throws {
        try Amendment.unguarded(target) {
            try settleOrder()
            for vCenter in plan.vCenters { try bring(vCenter) }
        }
        try sealAmendments()
    }

    /// Gives each run that is brought in a number, and other numbers to runs that come after it on the same vCenter.
    private mutating func settleOrder() throws {
        var next = try target.firstRow(of: "SELECT max(id) FROM collection_run") { try $0.idOrNull(0) ?? 0 } ?? 0
        var fresh: [Int64: [Int64]] = [:]
        let incoming = plan.vCenters.flatMap { vCenter in vCenter.runs.map { (run: $0.id, vCenter: vCenter.there.id) } }
        for entry in incoming.sorted(by: { $0.run < $1.run }) {
            next += 1
            guard StoredBounds.ids.contains(next) else { throw DatabaseError(resultCode: .SQLITE_FULL) }
            fresh[entry.vCenter, default: []].append(next)
        }
        var moved: [Int64: Int64] = [:]
        for vCenter in plan.vCenters {
            let ours = try vCenter.here.map { try RunOrder.entries(of: $0.id, target) } ?? []
            let theirs = vCenter.runs.map {
                RunOrder.Entry(id: $0.id, isIncoming: true, startedAt: $0.startedAt, tree: $0.tree)
            }
            let free = (ours.map(\.id) + (fresh[vCenter.there.id] ?? [])).sorted()
            for (entry, number) in zip(RunOrder.merged(ours, theirs), free) {
                if entry.isIncoming {
                    numbers[entry.id] = number
                } else if entry.id != number {
                    moved[entry.id] = number
                }
                orders[vCenter.there.id, default: []].append((number, entry.isIncoming ? entry.id : nil))
            }
        }
        try requireUnpruned(Array(numbers.values) + moved.keys)
        try RunOrder.renumber(moved, target)
    }

    /// What pruned polls came to is known only up to the last of them: no run can be put in between any more.
    private func requireUnpruned(_ runs: [Int64]) throws {
        guard let pruned = try Baseline.current(target), runs.contains(where: { $0 <= pruned.lastRun }) else { return }
        throw HistoryError(
            .usage,
            "cannot merge the other history: it has runs from before the last poll that `prune` removed here; merge it into a copy from before that"
        )
    }

    private mutating func bring(_ vCenter: MergePlan.VCenter) throws {
        let here = try vCenter.here?.id ?? add(vCenter)
        try bringAddresses(of: vCenter, to: here)
        guard !vCenter.runs.isEmpty else { return }
        let machines = try IncomingMachines(of: vCenter.there.id, into: here, source, target)
        let listed = try vCenter.here.map { try ListingMerge.Side(of: $0.id, target) }
        for run in vCenter.runs { try bring(run, to: here) }
        let polls = IncomingPolls(
            runs: orders[vCenter.there.id] ?? [], rows: machines.polled, progress: progress)
        try polls.bring(&answers, source, target)
        try IncomingEvents(runs: numbers, rows: machines.polled).bring(vCenter.runs.map(\.id), &answers, source, target)
        try IncomingEvents.bringReading(of: vCenter.there.id, to: here, source, target)
        let listings = IncomingListings(runs: numbers, machines: machines, vCenter: vCenter.there.id)
        if let listed {
            try listings.merge(with: listed, source, target)
        } else {
            try listings.copy(source, target)
        }
        try IncomingAttributes(runs: numbers, vms: machines.vms, vCenter: vCenter.there.id).bring(source, target)
        try VirtualMachineIdentities(vCenterID: here).settle(target)
        for tree in plan.trees {
            let seals = IncomingSeals(tree: tree, here: try IncomingSeals.row(of: tree, target), runs: numbers)
            let leaves = vCenter.runs.filter { $0.tree == tree.check.uuid }.map(\.seal.leaf)
            try seals.bringNames(at: leaves, of: machines, source, target)
        }
    }

    private func add(_ vCenter: MergePlan.VCenter) throws -> Int64 {
        try target.execute(
            sql: "INSERT INTO vcenter (name, is_name_given) VALUES (?, ?)",
            arguments: [vCenter.name, vCenter.there.isNameGiven])
        return target.lastInsertedRowID
    }

    private func bringAddresses(of vCenter: MergePlan.VCenter, to here: Int64) throws {
        let addresses = try source.rows(
            of: "SELECT address, last_run_ms FROM vcenter_address WHERE vcenter_id = \(vCenter.there.id)"
        ) { (try $0.text(0), try $0.timestamp(1)) }
        for (address, lastRunAt) in addresses {
            try target.execute(
                sql: """
                    INSERT INTO vcenter_address (vcenter_id, address, last_run_ms) VALUES (?, ?, ?)
                    ON CONFLICT DO UPDATE SET last_run_ms = max(last_run_ms, excluded.last_run_ms)
                    """, arguments: [here, address, lastRunAt])
        }
        if let uuid = vCenter.there.instanceUUID, vCenter.here?.instanceUUID == nil {
            try target.execute(sql: "UPDATE vcenter SET instance_uuid = ? WHERE id = ?", arguments: [uuid, here])
        }
    }

    private func bring(_ run: MergePlan.Run, to vCenter: Int64) throws {
        let columns = """
            endpoint_id, collector, started_ms, listed_ms, finished_ms, outcome, failure, vms, selection, is_whole, polls, failed_polls,
            reported_polls, last_reported_ms, clock_offset_ms, tool_version, events
            """
        let values = try source.firstRow(of: "SELECT \(sql: columns) FROM collection_run WHERE id = \(run.id)") { row in
            [
                .integer(try row.id(0)), .text(try row.textOrNull(1)), .instant(try row.timestamp(2)),
                .instant(try row.timestampOrNull(3)), .instant(try row.timestampOrNull(4)), .text(try row.text(5)),
                .text(try row.textOrNull(6)), .integer(Int64(try row.count(7))), .text(try row.textOrNull(8)),
                .integer(try row.flag(9) ? 1 : 0), .integer(Int64(try row.count(10))),
                .integer(Int64(try row.count(11))), .integer(Int64(try row.count(12))),
                .instant(try row.timestampOrNull(13)), .integer(try row.spanOrNull(14)), .text(try row.text(15)),
                .integer(Int64(try row.count(16))),
            ] as [ParameterValue]
        }
        guard let values, let number = numbers[run.id] else {
            throw StoredValueFault(complaint: "has no row for the run")
        }
        try target.cachedStatement(
            sql: """
                INSERT INTO collection_run (id, vcenter_id, \(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).run([.integer(number), .integer(vCenter)] + values, target)
    }

    /// Brings in the leaves, and seals what was done: which trees are in this history now, up to which leaf, and which of its vCenters
    /// are theirs.
    private func sealAmendments() throws {
        let adoptions = try TreeCheck(.own, rootsAt: [], target)
        for tree in plan.trees {
            try IncomingSeals(tree: tree, here: try IncomingSeals.row(of: tree, target), runs: numbers)
                .bring(source, target)
            let brought = plan.vCenters.flatMap(\.runs).filter { $0.tree == tree.check.uuid }
            var record = amender.record(.include)
            (record.origin, record.size, record.root) = (tree.check.uuid, Int64(tree.head.size), tree.head.root)
            (record.runs, record.polls) = (Int64(brought.count), Int64(brought.reduce(0) { $0 + $1.polls }))
            try Amendment.seal(record, target)
        }
        for vCenter in plan.vCenters {
            for (tree, names) in vCenter.sealedNames.sorted(by: { $0.key < $1.key }) {
                for name in names.sorted() where try !isAdopted(name, of: tree, as: vCenter, adoptions) {
                    var record = amender.record(.adopt, from: name, into: vCenter.name)
                    record.origin = tree
                    try Amendment.seal(record, target)
                }
            }
            if let uuid = vCenter.there.instanceUUID, vCenter.here?.instanceUUID == nil {
                try Amendment.seal(amender.record(.identify, from: vCenter.name, into: uuid), target)
            }
        }
    }

    /// Whether an earlier amendment still says all there is to say: the vCenter was adopted, and only this tree has runs on it.
    private func isAdopted(_ name: String, of tree: String, as vCenter: MergePlan.VCenter, _ adoptions: TreeCheck)
        throws -> Bool
    {
        guard let here = vCenter.here else { return false }
        let earlier = adoptions.amendments.last { $0.kind == .adopt && $0.origin == tree && $0.from == name }
        guard let earlier, adoptions.presentName(of: earlier.into ?? "", after: earlier.leaf).name == here.name else {
            return false
        }
        return try vCenter.runs.isEmpty
            || !target.hasRow(
                """
                SELECT 1 FROM collection_run AS r LEFT JOIN seal AS s ON s.run_id = r.id LEFT JOIN tree AS t ON t.id = s.tree_id
                WHERE r.vcenter_id = \(here.id) AND t.uuid IS NOT \(tree)
                """)
    }
}
