import GuestCustomization
import TestSupport

@testable import HistoryStore

/// Several collectors, each with a history of its own, that record what one set of vCenters does; and one history with all of it.
struct RandomCollectors {
    private(set) var histories: [TemporaryHistory] = []
    let whole: TemporaryHistory
    private var random: SeededGenerator
    private var answers = RandomAnswers()
    private var hour = 0
    private var number = 0
    private var vms: [String: [String: (uuid: String, name: String)]] = [:]

    init(_ count: Int, seed: UInt64) throws {
        random = SeededGenerator(seed: seed)
        whole = try TemporaryHistory()
        for _ in 0..<count { histories.append(try TemporaryHistory()) }
    }

    /// Records some runs. Every collector knows the vCenter `shared`, and one of its own.
    mutating func record(runs: Int) async throws {
        for _ in 0..<runs {
            hour += 1
            let collector = Int.random(in: 0..<histories.count, using: &random)
            let vCenter = random.pick(["shared", "shared", "of-\(collector)"])
            let endpoint = random.pick([Endpoint.customization, .customizationLive, .customizationLive])
            change(vCenter)
            let now = vms[vCenter] ?? [:]
            var given: [String: Answer] = [:]
            for vm in now.keys.sorted() {
                given[vm] = answers.next(for: vCenter + (now[vm]?.uuid ?? "") + endpoint.rawValue, &random)
            }
            let isFailed = Int.random(in: 0..<7, using: &random) == 0
            for history in [histories[collector], whole] {
                try await record(now, given, vCenter, endpoint, isFailed: isFailed, in: history)
            }
        }
    }

    private mutating func change(_ vCenter: String) {
        for id in ["vm-0", "vm-1", "vm-2"] {
            number += 1
            switch Int.random(in: 0..<12, using: &random) {
            case 0: vms[vCenter]?[id] = nil
            case 1, 2: vms[vCenter, default: [:]][id] = ("uuid-\(number)", "name \(number)")
            case 3: vms[vCenter]?[id]?.name = "renamed \(number)"
            default: break
            }
        }
    }

    private func record(
        _ vms: [String: (uuid: String, name: String)], _ given: [String: Answer], _ vCenter: String,
        _ endpoint: Endpoint, isFailed: Bool, in history: TemporaryHistory
    ) async throws {
        let start = Timestamp.epoch(Double(hour * 3600))
        let reached = ReachedVCenter(
            name: vCenter, isNameGiven: true, address: "\(vCenter):443", instanceUUID: "uuid-of-\(vCenter)")
        let claim = try await history.database.claimCollecting(from: reached, at: start)
        let run = try await history.database.beginRun(vCenter: vCenter, endpoint: endpoint, at: start)
        func end(_ outcome: CollectionRunOutcome) async throws {
            try await history.database.finishRun(run, as: CollectionRunEnd(outcome: outcome, finishedAt: start))
            withExtendedLifetime(claim) {}
        }
        if isFailed { return try await end(.failed) }
        func identity(_ id: String) -> VirtualMachineIdentity {
            VirtualMachineIdentity(vm: id, instanceUUID: vms[id]?.uuid)
        }
        let list = VirtualMachineList(
            vms.sorted { $0.key < $1.key }.map { VirtualMachine(id: $0.key, name: $0.value.name) }, isWhole: true)
        let doubts = try await history.database.virtualMachinesInDoubt(among: list, in: run)
        let unidentified = try await history.database.record(
            list, identifiedAs: Dictionary(uniqueKeysWithValues: doubts.map { ($0, identity($0)) }), in: run, at: start)
        let polls = list.virtualMachines.map { vm in
            Poll(vm: vm.id, polledAt: start.advanced(bySeconds: 5), answer: given[vm.id] ?? .nothing(.invalid))
        }
        try await history.database.append(polls, to: run)
        try await history.database.record(unidentified.sorted().map(identity), in: run)
        try await end(.complete)
    }

    /// All that a history says, by when runs began instead of by their numbers.
    static func contents(of history: TemporaryHistory) throws -> [String] {
        try everything.flatMap { try history.query($0) }
    }

    private static let everything = [
        """
        SELECT 'vm', c.name, v.moid, v.instance_uuid, v.name, v.is_identified, v.is_current FROM virtual_machine AS v
        JOIN vcenter AS c ON c.id = v.vcenter_id ORDER BY 2, 3, 4
        """,
        """
        SELECT 'name', c.name, v.moid, v.instance_uuid, n.name, n.first_seen_ms FROM virtual_machine_name AS n
        JOIN virtual_machine AS v ON v.id = n.vm_id JOIN vcenter AS c ON c.id = v.vcenter_id ORDER BY c.name, v.moid, v.instance_uuid, n.id
        """,
        """
        SELECT 'run', c.name, r.endpoint_id, r.started_ms, r.outcome, r.vms, r.polls, r.sequence, r.is_regular FROM collection_run AS r
        JOIN vcenter AS c ON c.id = r.vcenter_id ORDER BY c.name, r.id
        """,
        """
        SELECT 'poll', r.started_ms, c.name, v.moid, v.instance_uuid, p.polled_ms, a.sha256 FROM poll AS p
        JOIN collection_run AS r ON r.id = p.run_id JOIN virtual_machine AS v ON v.id = p.vm_id
        JOIN vcenter AS c ON c.id = v.vcenter_id JOIN answer AS a ON a.id = p.answer_id ORDER BY 2, 3, 4, 5
        """,
        """
        SELECT 'listing', c.name, v.moid, v.instance_uuid, m.endpoint_id, f.started_ms, g.started_ms FROM virtual_machine_listing AS l
        JOIN virtual_machine_endpoint AS m ON m.id = l.virtual_machine_endpoint_id JOIN virtual_machine AS v ON v.id = m.vm_id
        JOIN vcenter AS c ON c.id = v.vcenter_id JOIN collection_run AS f ON f.id = l.first_run_id
        LEFT JOIN collection_run AS g ON g.id = l.gone_run_id ORDER BY 2, 3, 4, 5, 6
        """,
        """
        SELECT 'customization', c.name, v.moid, v.instance_uuid, m.endpoint_id, u.identity_basis,
            iif(u.identity_basis = 'first_poll', (SELECT started_ms FROM collection_run WHERE id = u.identity_value), u.identity_value),
            u.outcome, u.start_ms, u.end_ms, u.end_first_polled_ms, u.first_polled_ms, u.last_polled_ms, u.polls, u.window_ms,
            a.sha256, l.customization_id = u.id, s.started_ms, l.last_reported_ms
        FROM virtual_machine_endpoint AS m JOIN virtual_machine AS v ON v.id = m.vm_id JOIN vcenter AS c ON c.id = v.vcenter_id
        LEFT JOIN latest_answer AS l ON l.virtual_machine_endpoint_id = m.id LEFT JOIN collection_run AS s ON s.id = l.since_run_id
        LEFT JOIN customization AS u ON u.virtual_machine_endpoint_id = m.id LEFT JOIN answer AS a ON a.id = u.answer_id
        ORDER BY 2, 3, 4, 5, 6, 7
        """,
    ]
}

extension TemporaryHistory {
    /// Merges another history into this one, as `history merge` does.
    @discardableResult
    func merge(_ other: TemporaryHistory) async throws -> HistoryMergeResult {
        let incoming = try IncomingHistory(
            other.path, toolVersion: "1.2.3", waiting: .init(clock: .system), at: .epoch(0))
        try incoming.verify()
        return try await database.merge(incoming)
    }
}
