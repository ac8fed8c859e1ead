import Foundation
import GRDB
import GuestCustomization
import HistoryEvidence

/// Checks that each run is as its seal says.
struct RunCheck {
    let trees: ForestCheck
    /// Whether the polls of a run are checked.
    let isChecked: (Int64) -> Bool
    /// The polls of runs up to this one were removed, so only their seals are checked.
    let lastPruned: Int64
    private(set) var runs = 0
    private(set) var polls = 0
    /// Runs that have not ended.
    private(set) var unsealed: [Int64] = []

    /// The latest number of a run that each tree seals, by tree and vCenter.
    private var numbers: [Source: Int64] = [:]

    private struct Source: Hashable {
        var tree: Int64
        var vCenter: Int64
    }

    init(_ trees: ForestCheck, prunedThrough lastPruned: Int64 = 0, where isChecked: @escaping (Int64) -> Bool) {
        (self.trees, self.lastPruned, self.isChecked) = (trees, lastPruned, isChecked)
    }

    /// - Parameter progress: Called with the number of polls checked.
    mutating func run(_ db: Database, progress: (Int) throws -> Void) throws {
        var missing = trees.runs
        var stored: [(RunRecord, vCenterID: Int64, endpointID: Int64)] = []
        let query: SQL = "\(SealedRun.query) ORDER BY r.id"
        try db.forEachRow(of: query) { row in
            let (record, vCenterID) = try SealedRun.read(row)
            guard let endpoint = Endpoint(rawValue: record.endpoint) else {
                throw StoredValueFault(complaint: "is not an endpoint")
            }
            stored.append((record, vCenterID, endpoint.storedID))
        }
        var replay = try PollReplay(db)
        for (record, vCenterID, endpointID) in stored {
            let sealed = trees.seal(of: record.run)
            missing.remove(record.run)
            try check(record, (vCenterID, endpointID), sealed, &replay, db)
            try progress(polls)
        }
        if let run = missing.min() { throw Discrepancy("run \(run) was removed") }
        try requirePolls(db)
        try requireAttributesOfRuns(db)
    }

    private mutating func check(
        _ stored: RunRecord, _ source: (vCenter: Int64, endpoint: Int64), _ sealed: TreeCheck.SealedRecord?,
        _ replay: inout PollReplay, _ db: Database
    ) throws {
        var record = stored
        var isMerged = false
        if let sealed { isMerged = try takeOldName(&record, sealed, source.vCenter) }
        let poll = PollRecord(vCenter: record.vCenter, vCenterUUID: record.vCenterUUID)
        do {
            guard isChecked(stored.run) else { return }
            let isPruned = stored.run <= lastPruned
            let polls =
                try isPruned
                ? (count: Int(record.polls), tree: MerkleTree())
                : replay.polls(
                    of: stored.run, source: source, poll: poll, at: sealed.map { ($0.tree.id, $0.leaf) }, db)
            guard let sealed else { return try requireRunning(record, polls.count, db) }
            runs += 1
            if isPruned {
                record.pollsRoot = try Self.root("polls_root", in: try TreeCheck.members(of: sealed, db))
            } else {
                self.polls += polls.count
                record.pollsRoot = polls.tree.root
            }
            if record.events != nil {
                let events = try SealedEvents.tree(of: record, run: stored.run, db)
                record.events = (Int64(events.size), events.root)
                guard events.size == stored.events.map({ Int($0.count) }) else {
                    throw Discrepancy("it does not have its \(stored.events?.count ?? 0) events")
                }
            }
            if isMerged {
                try keepListing(&record, try TreeCheck.members(of: sealed, db))
            } else {
                let changes = try SealedRun(id: stored.run, tree: sealed.tree).listingChanges(at: sealed.leaf, db)
                (record.listingChanges, record.listingRoot) = (changes.size, changes.root)
            }
            try SealedRun(id: stored.run, tree: sealed.tree).addAttributes(to: &record, at: sealed.leaf, db)
            guard MerkleHash.leaf(record.bytes) == sealed.hash else {
                throw Discrepancy(try Self.difference(record, try TreeCheck.members(of: sealed, db), polls.count))
            }
        } catch let discrepancy as Discrepancy {
            let origin = sealed.map(trees.origin) ?? ""
            throw Discrepancy(run: stored.run, of: record.vCenter, discrepancy.finding + origin)
        } catch let fault as StoredValueFault {
            throw Discrepancy(run: stored.run, of: record.vCenter, "a value \(fault.complaint)")
        }
    }

    /// Each change of an answer is one, in a run that polled the VM.
    private func requirePolls(_ db: Database) throws {
        let added = try db.firstRow(
            of: """
                SELECT a.run_id, v.moid FROM (
                    SELECT *, lag(answer_id) OVER (PARTITION BY virtual_machine_endpoint_id ORDER BY run_id) AS earlier FROM answer_change
                ) AS a
                JOIN virtual_machine_endpoint AS m ON m.id = a.virtual_machine_endpoint_id JOIN virtual_machine AS v ON v.id = m.vm_id
                WHERE a.run_id > \(lastPruned) AND (a.answer_id = a.earlier OR NOT EXISTS (
                    SELECT 1 FROM poll AS p
                    WHERE p.run_id = a.run_id AND p.virtual_machine_endpoint_id = a.virtual_machine_endpoint_id
                ))
                ORDER BY 1, 2 LIMIT 1
                """
        ) { (run: try $0.id(0), vm: try $0.text(1)) }
        if let added {
            throw Discrepancy("run \(added.run): an answer of \(added.vm.shownFromFile) was added")
        }
    }

    private mutating func requireRunning(_ record: RunRecord, _ polls: Int, _ db: Database) throws {
        guard record.outcome == CollectionRunOutcome.running.rawValue else {
            throw Discrepancy("it was added: it has no seal")
        }
        guard Int64(polls) == record.polls else {
            throw Discrepancy("it is under way, but does not have its \(record.polls) polls")
        }
        let hasLater = try db.hasRow(
            """
            SELECT 1 FROM collection_run AS r JOIN collection_run AS q ON q.vcenter_id = r.vcenter_id AND q.endpoint_id = r.endpoint_id
            WHERE r.id = \(record.run) AND q.id > r.id
            """)
        guard !hasLater else { throw Discrepancy("it cannot be under way, because a later one has begun") }
        unsealed.append(record.run)
    }

    /// Gives a run the tree and the number that it was sealed with, and the name and UUID that its vCenter had then.
    ///
    /// - Returns: Whether its vCenter was merged with another one since.
    private mutating func takeOldName(
        _ record: inout RunRecord, _ sealed: TreeCheck.SealedRecord, _ vCenter: Int64
    ) throws -> Bool {
        let (name, isMerged) = try trees.presentName(of: sealed)
        guard name == record.vCenter else {
            throw Discrepancy(run: record.run, of: sealed.vCenter, "its vCenter was altered")
        }
        guard sealed.vCenterUUID == nil || sealed.vCenterUUID == record.vCenterUUID || isMerged else {
            throw Discrepancy("the instance UUID of the vCenter \(record.vCenter.shownFromFile) was altered")
        }
        let isOwn = sealed.tree.id == HistoryTree.own.id
        let source = Source(tree: sealed.tree.id, vCenter: vCenter)
        guard sealed.number > numbers[source, default: 0] || trees.mayBeReordered(sealed),
            !isOwn || isMerged || sealed.number == record.run
        else {
            throw Discrepancy(run: record.run, of: sealed.vCenter, "its place among the runs was altered")
        }
        numbers[source] = max(sealed.number, numbers[source, default: 0])
        record.run = sealed.number
        record.tree = trees.uuid(of: sealed)
        (record.vCenter, record.vCenterUUID) = (sealed.vCenter, sealed.vCenterUUID)
        return isMerged
    }

    /// Leaves the list of VMs unchecked: spans of VMs that were joined are not those of either run.
    private func keepListing(_ record: inout RunRecord, _ members: [String: Any]) throws {
        record.listingChanges = members["listing_changes"] as? Int ?? -1
        record.listingRoot = try Self.root("listing_root", in: members)
    }

    private static func root(_ name: String, in members: [String: Any]) throws -> MerkleHash {
        guard let hex = members[name] as? String, let root = MerkleHash(hex: hex) else {
            throw Discrepancy("its seal is not the record of a run")
        }
        return root
    }

    /// What differs between what is stored of a run and its sealed record.
    private static func difference(
        _ record: RunRecord, _ old: [String: Any], _ polls: Int
    ) throws -> String {
        let new = try TreeCheck.members(of: record.bytes)
        let differing = Set(old.keys).union(new.keys).filter { "\(old[$0] ?? "")" != "\(new[$0] ?? "")" }.sorted()
        let roots = [
            "polls_root": "polls", "events_root": "events", "listing_root": "list of VMs", "listing_changes": "list of VMs",
            "attribute_changes": "inventory", "attributes_root": "inventory",
        ]
        if let name = differing.first(where: { roots[$0] == nil }) {
            let (was, isNow) = ("\(old[name] ?? "nothing")", "\(new[name] ?? "nothing")")
            return "its \(name) was altered: sealed with \(was.shownFromFile), now \(isNow.shownFromFile)"
        }
        if differing.contains("polls_root"), let count = old["polls"] as? Int, count != polls {
            return count > polls
                ? "\(count - polls) of its \(count) polls were removed" : "\(polls - count) polls were added"
        }
        guard let name = differing.first else { return "its seal is not in canonical form" }
        return "its \(roots[name] ?? name) was altered"
    }

    /// What a run found is about VMs of its vCenter.
    private func requireAttributesOfRuns(_ db: Database) throws {
        let altered = try db.firstRow(
            of: """
                SELECT a.run_id, v.moid FROM (
                    SELECT vm_id, run_id FROM attribute_change UNION ALL SELECT vm_id, run_id FROM virtual_machine_source
                ) AS a JOIN virtual_machine AS v ON v.id = a.vm_id JOIN collection_run AS r ON r.id = a.run_id
                WHERE r.vcenter_id <> v.vcenter_id LIMIT 1
                """
        ) { (run: try $0.id(0), vm: try $0.text(1)) }
        if let altered {
            throw Discrepancy("run \(altered.run): what it found about \(altered.vm.shownFromFile) was altered")
        }
    }
}
