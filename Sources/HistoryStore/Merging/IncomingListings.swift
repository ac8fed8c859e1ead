import GRDB
import GuestCustomization

/// Brings in which VMs the runs of one vCenter listed.
struct IncomingListings {
    /// The numbers here of the runs that are brought in, by those there.
    let runs: [Int64: Int64]
    let machines: IncomingMachines
    /// The vCenter's row there.
    let vCenter: Int64

    private struct StoredSpan {
        var row: Int64
        var first: Int64
        var gone: Int64?
    }

    /// Into a vCenter that is new here: its listings are as they were.
    func copy(_ source: Database, _ target: Database) throws {
        for span in try spans(source) {
            guard let row = machines.polled[span.row], let first = runs[span.first] else { continue }
            try target.cachedStatement(
                sql: """
                    INSERT INTO virtual_machine_listing (virtual_machine_endpoint_id, first_run_id, gone_run_id) VALUES (?, ?, ?)
                    """
            ).execute(arguments: [row, first, span.gone.flatMap { runs[$0] }])
        }
    }

    /// Into a vCenter that has runs already.
    ///
    /// - Parameter here: What these listed.
    func merge(with here: ListingMerge.Side, _ source: Database, _ target: Database) throws {
        try ListingMerge(try side(source), here).write(joining: [:], target)
    }

    private func spans(_ source: Database) throws -> [StoredSpan] {
        try source.rows(
            of: """
                SELECT l.virtual_machine_endpoint_id, l.first_run_id, l.gone_run_id FROM virtual_machine AS v
                JOIN virtual_machine_endpoint AS m ON m.vm_id = v.id
                JOIN virtual_machine_listing AS l ON l.virtual_machine_endpoint_id = m.id
                WHERE v.vcenter_id = \(vCenter) ORDER BY 1, 2
                """
        ) { StoredSpan(row: try $0.id(0), first: try $0.id(1), gone: try $0.idOrNull(2)) }
    }

    /// What the runs that are brought in listed, by their numbers here.
    private func side(_ source: Database) throws -> ListingMerge.Side {
        var side = ListingMerge.Side()
        var listings: [Int64: [(there: Int64, isWhole: Bool)]] = [:]
        try source.forEachRow(
            of: """
                SELECT id, endpoint_id, is_whole FROM collection_run
                WHERE vcenter_id = \(vCenter) AND listed_ms IS NOT NULL ORDER BY id
                """
        ) { row in
            let (id, endpoint, isWhole) = (try row.id(0), try row.id(1), try row.flag(2))
            guard let here = runs[id] else { return }
            listings[endpoint, default: []].append((id, isWhole))
            side.listings[endpoint, default: []].append(ListingMerge.Listing(run: here, isWhole: isWhole))
        }
        var endpoints: [Int64: (vm: Int64, endpoint: Int64)] = [:]
        try source.forEachRow(of: "SELECT id, vm_id, endpoint_id FROM virtual_machine_endpoint") { row in
            if let vm = machines.vms[try row.id(1)] { endpoints[try row.id(0)] = (vm, try row.id(2)) }
        }
        for span in try spans(source) {
            guard let (vm, endpoint) = endpoints[span.row] else { continue }
            guard let clipped = clipped(span, listings[endpoint] ?? []) else { continue }
            side.spans[ListingMerge.Key(vm: vm, endpoint: endpoint), default: []].append(clipped)
        }
        return side
    }

    /// The part of a span in the runs that are brought in; `nil` if there is none.
    private func clipped(
        _ span: StoredSpan, _ listings: [(there: Int64, isWhole: Bool)]
    ) -> ListingMerge.Span? {
        let gone = span.gone.flatMap { end in
            runs[end] ?? runs.lazy.filter { run in run.key > end }.map(\.value).min()
        }
        if let first = runs[span.first] { return ListingMerge.Span(first: first, gone: gone) }
        // Whole listings within the span have the VM.
        let next = listings.first { $0.isWhole && $0.there > span.first && $0.there < span.gone ?? Int64.max }
        if let next, let first = runs[next.there] { return ListingMerge.Span(first: first, gone: gone) }
        // It only ends there.
        return span.gone.flatMap { runs[$0] }.map { ListingMerge.Span(first: Int64.max, gone: $0) }
    }
}
