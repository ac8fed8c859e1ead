import GuestCustomization
import TestSupport
import Testing

@testable import HistoryStore

@Suite struct ListingTests {
    private struct Listing {
        var run: CollectionRunID
        var vCenter: String
        var endpoint: Endpoint
        var vms: [String: String]
        var isWhole: Bool
        var listedAt: Timestamp
    }

    @Test func `stored spans and names are those of the listings`() async throws {
        let base = UInt64.random(in: 0..<UInt64(UInt32.max))
        for seed in base..<base + 40 {
            let (history, listings) = try await Self.record(seed: seed)
            let spans = try history.query(
                """
                SELECT c.name, v.moid, e.name, l.first_run_id, l.gone_run_id FROM virtual_machine_listing AS l
                JOIN virtual_machine_endpoint AS m ON m.id = l.virtual_machine_endpoint_id
                JOIN endpoint AS e ON e.id = m.endpoint_id
                JOIN virtual_machine AS v ON v.id = m.vm_id JOIN vcenter AS c ON c.id = v.vcenter_id
                """)
            try #require(spans.sorted() == Self.spans(of: listings).sorted(), "seed \(seed)")
            let names = try history.query(
                """
                SELECT c.name, v.moid, v.name, n.name, n.first_seen_ms FROM virtual_machine_name AS n
                JOIN virtual_machine AS v ON v.id = n.vm_id JOIN vcenter AS c ON c.id = v.vcenter_id
                """)
            try #require(names.sorted() == Self.names(in: listings).sorted(), "seed \(seed)")
            let runs = try history.query(
                "SELECT id, listed_ms, vms, is_whole FROM collection_run WHERE listed_ms IS NOT NULL ORDER BY id")
            let expected = listings.map {
                "\($0.run.rawValue)|\($0.listedAt.unixMilliseconds)|\($0.vms.count)|\($0.isWhole ? 1 : 0)"
            }
            try #require(runs == expected, "seed \(seed)")
        }
    }

    @Test func `VMs missing from a list are those that were listed until now, on this vCenter`() async throws {
        let history = try TemporaryHistory()
        func list(_ ids: [String], on vCenter: String = "vc", at hour: Double) async throws {
            let vms = ids.map { VirtualMachine(id: $0, name: "a%2f \($0)") }
            try await history.run(at: .epoch(hour * 3600), vCenter: vCenter, listing: vms, [])
        }
        try await list(["vm-1", "vm-2", "vm-3"], at: 1)
        try await list(["vm-9"], on: "other", at: 1)
        try await list(["vm-1", "vm-2"], at: 2)
        let run = try await history.database.beginRun(
            vCenter: "vc", endpoint: .customization, at: .epoch(3 * 3600))
        let now = VirtualMachineList(
            [VirtualMachine(id: "vm-2", name: "b"), VirtualMachine(id: "vm-4", name: "c")], isWhole: true)
        let missing = try await history.database.virtualMachinesMissing(from: now, in: run)
        #expect(missing == [VirtualMachine(id: "vm-1", name: "a%2f vm-1")])
    }

    /// Runs over two vCenters and both endpoints: some list nothing, some a part; VMs come, go and are renamed; a few, or so
    /// many that all are read at once.
    private static func record(seed: UInt64) async throws -> (TemporaryHistory, [Listing]) {
        var random = SeededGenerator(seed: seed)
        let history = try TemporaryHistory()
        var listings: [Listing] = []
        let others = Int.random(in: 0..<4, using: &random) == 0 ? (0..<100).map { "other-\($0)" } : []
        for hour in 0..<Int.random(in: 1...16, using: &random) {
            let start = Timestamp.epoch(Double(hour * 3600))
            let vCenter = random.pick(["vc", "vc", "other"])
            let endpoint = random.pick([Endpoint.customization, .customizationLive, .customizationLive])
            let run = try await history.database.beginRun(vCenter: vCenter, endpoint: endpoint, at: start)
            if Int.random(in: 0..<5, using: &random) == 0 { continue }
            var listing = Listing(
                run: run, vCenter: vCenter, endpoint: endpoint, vms: [:],
                isWhole: Int.random(in: 0..<4, using: &random) > 0, listedAt: start.advanced(bySeconds: 2))
            for vm in others { listing.vms[vm] = vm }
            for vm in ["vm-0", "vm-1", "vm-2"] where Int.random(in: 0..<3, using: &random) > 0 {
                listing.vms[vm] = random.pick(["a", "a", "b"])
            }
            let list = VirtualMachineList(
                listing.vms.map { VirtualMachine(id: $0.key, name: $0.value) }, isWhole: listing.isWhole)
            _ = try await history.database.record(list, in: run, at: listing.listedAt)
            listings.append(listing)
            if Int.random(in: 0..<4, using: &random) == 0 { try history.reopen() }
        }
        return (history, listings)
    }

    /// A VM is in each listing that has it, and stays through those of a part of the VMs; a whole one without it, at either
    /// endpoint, ends it at both.
    private static func spans(of listings: [Listing]) -> [String] {
        Dictionary(grouping: listings, by: \.vCenter).values.flatMap { listings in
            listings.indices.flatMap { index in
                let listing = listings[index]
                return listing.vms.keys.compactMap { vm -> String? in
                    // The latest listing before of the same endpoint that had it, or of either that missed it, tells whether a
                    // span goes on.
                    let before = listings[..<index].last {
                        $0.vms[vm] != nil ? $0.endpoint == listing.endpoint : $0.isWhole
                    }
                    guard before?.vms[vm] == nil else { return nil }
                    let end = listings[index...].first { $0.isWhole && $0.vms[vm] == nil }
                    return
                        "\(listing.vCenter)|\(vm)|\(listing.endpoint.rawValue)|\(listing.run.rawValue)|\(end.map { "\($0.run.rawValue)" } ?? "NULL")"
                }
            }
        }
    }

    /// One for each rename, with the latest name.
    private static func names(in listings: [Listing]) -> [String] {
        Dictionary(grouping: listings, by: \.vCenter).flatMap { vCenter, listings in
            Set(listings.flatMap(\.vms.keys)).flatMap { vm in
                let seen = listings.compactMap { listing in listing.vms[vm].map { (name: $0, at: listing.listedAt) } }
                let renames = seen.indices.filter { $0 == 0 || seen[$0].name != seen[$0 - 1].name }.map { seen[$0] }
                return renames.map {
                    "\(vCenter)|\(vm)|\(seen[seen.count - 1].name)|\($0.name)|\($0.at.unixMilliseconds)"
                }
            }
        }
    }
}
