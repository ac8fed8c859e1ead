import GRDB
import GuestCustomization

/// The spans of listings of two vCenters' VMs, as they would be if all their runs had belonged to one vCenter.
///
/// A span means that the VM was in each listing of its vCenter and endpoint, from a first run to the one that found it gone. This is no
/// longer true once the runs of two vCenters are put in one order: a VM that only one of them listed is missing from the whole listings
/// of the other in between, at either endpoint.
struct ListingMerge {
    /// A run that listed VMs.
    struct Listing {
        var run: Int64
        var isWhole: Bool
    }

    struct Span {
        var first: Int64
        /// The run that found the VM gone; `nil` if none has.
        var gone: Int64?

        func contains(_ run: Int64) -> Bool { run >= first && gone.map { run < $0 } ?? true }
    }

    struct Key: Hashable {
        var vm: Int64
        var endpoint: Int64
    }

    /// What one vCenter listed.
    struct Side {
        /// Its listings by endpoint, in the order of runs.
        var listings: [Int64: [Listing]] = [:]
        var spans: [Key: [Span]] = [:]
    }

    private let sides: [Side]

    init(_ left: Side, _ right: Side) { sides = [left, right] }

    /// Rewrites the spans once matching VMs were joined: `matches` maps rows of the second vCenter's VMs to those of the first's.
    func write(joining matches: [Int64: Int64], _ db: Database) throws {
        var joined: [Int64: [Int64: [[Span]]]] = [:]
        for (index, side) in sides.enumerated() {
            for (key, spans) in side.spans {
                // Two VMs of the first vCenter may have become one; they are never in the same run.
                joined[matches[key.vm] ?? key.vm, default: [:]][key.endpoint, default: [[], []]][index] += spans
            }
        }
        for (vm, spans) in joined {
            let sorted = spans.mapValues { $0.map { $0.sorted { $0.first < $1.first } } }
            for endpoint in sorted.keys { try write(inOneOrder(sorted, endpoint), of: vm, endpoint, db) }
        }
    }

    private func write(_ spans: [Span], of vm: Int64, _ endpoint: Int64, _ db: Database) throws {
        let id = try db.firstRow(
            of: "SELECT id FROM virtual_machine_endpoint WHERE vm_id = \(vm) AND endpoint_id = \(endpoint)"
        ) { try $0.id(0) }
        guard let id else { throw StoredValueFault(complaint: "is not the row of a VM that was listed") }
        try db.cachedStatement(sql: "DELETE FROM virtual_machine_listing WHERE virtual_machine_endpoint_id = ?")
            .execute(arguments: [id])
        for span in spans {
            try db.cachedStatement(
                sql: """
                    INSERT INTO virtual_machine_listing (virtual_machine_endpoint_id, first_run_id, gone_run_id)
                    VALUES (?, ?, ?)
                    """
            ).execute(arguments: [id, span.first, span.gone])
        }
    }

    /// The spans of one endpoint: from each beginning to the first whole listing without the VM, at either endpoint. Only the ends of
    /// spans are examined, not each run.
    private func inOneOrder(_ spans: [Int64: [[Span]]], _ endpoint: Int64) -> [Span] {
        let own = spans[endpoint] ?? [[], []]
        var result: [Span] = []
        var position = Int64.min
        while let first = (0..<2).compactMap({
            Self.listing(notBefore: position, in: own[$0], sides[$0].listings[endpoint] ?? [])
        }).min() {
            let missing = (0..<2).flatMap { side in
                sides[side].listings.compactMap { endpoint, listings in
                    Self.wholeListing(after: first, outside: spans[endpoint]?[side] ?? [], listings)
                }
            }
            // A listing of some VMs also shows that another VM now has its id.
            let gone = (missing + own.flatMap { $0.compactMap(\.gone) }.filter { $0 > first }).min()
            result.append(Span(first: first, gone: gone))
            guard let gone else { break }
            position = gone + 1
        }
        return result + Self.marks(own, besides: result)
    }

    /// The runs whose whole listing lacked a VM that was polled, but never listed: there it was lost.
    private static func marks(_ spans: [[Span]], besides result: [Span]) -> [Span] {
        spans.joined().filter { mark in
            mark.gone == mark.first && !result.contains { $0.contains(mark.first) || $0.gone == mark.first }
        }
    }

    /// The first run from `position` on that listed the VM. Such a run lies in a span, and a span begins with one; within a span
    /// each whole listing has the VM, but a listing of some VMs may not.
    private static func listing(notBefore position: Int64, in spans: [Span], _ listings: [Listing]) -> Int64? {
        for span in spans where span.gone.map({ $0 > position && $0 > span.first }) ?? true {
            if span.first >= position { return span.first }
            let next = listings[index(of: position, listings)...].first { $0.isWhole }
            if let next, span.contains(next.run) { return next.run }
        }
        return nil
    }

    private static func wholeListing(after position: Int64, outside spans: [Span], _ listings: [Listing]) -> Int64? {
        var index = index(of: position + 1, listings)
        while index < listings.count {
            let run = listings[index].run
            if let span = spans.first(where: { $0.contains(run) }) {
                guard let gone = span.gone else { return nil }
                index = Self.index(of: gone, listings)
            } else if listings[index].isWhole {
                return run
            } else {
                index += 1
            }
        }
        return nil
    }

    /// The index of the first run from `position` on.
    private static func index(of position: Int64, _ listings: [Listing]) -> Int {
        var (low, high) = (0, listings.count)
        while low < high {
            let middle = low + (high - low) / 2
            if listings[middle].run < position { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension ListingMerge.Side {
    /// What a vCenter of a history listed, before anything is moved.
    init(of vCenter: Int64, _ db: Database) throws {
        self.init()
        try db.forEachRow(
            of: """
                SELECT endpoint_id, id, is_whole FROM collection_run
                WHERE vcenter_id = \(vCenter) AND listed_ms IS NOT NULL ORDER BY id
                """
        ) { run in
            listings[try run.id(0), default: []].append(
                ListingMerge.Listing(run: try run.id(1), isWhole: try run.flag(2)))
        }
        try db.forEachRow(
            of: """
                SELECT m.vm_id, m.endpoint_id, l.first_run_id, l.gone_run_id
                FROM virtual_machine AS v JOIN virtual_machine_endpoint AS m ON m.vm_id = v.id
                JOIN virtual_machine_listing AS l ON l.virtual_machine_endpoint_id = m.id
                WHERE v.vcenter_id = \(vCenter) ORDER BY l.first_run_id
                """
        ) { row in
            spans[ListingMerge.Key(vm: try row.id(0), endpoint: try row.id(1)), default: []].append(
                ListingMerge.Span(first: try row.id(2), gone: try row.idOrNull(3)))
        }
    }
}
