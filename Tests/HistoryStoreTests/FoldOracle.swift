import GuestCustomization

/// The definitions of docs/design.md §2 taken word by word over the whole list of polls: slow, without a state, and sharing no
/// code with the fold that it judges.
struct FoldOracle {
    struct Entry {
        var run: CollectionRunID
        var vCenter: String
        var vm: String
        var endpoint: Endpoint
        var polledAt: Timestamp
        var answer: Answer
    }

    /// What a run listed, before it polled.
    struct Listing {
        var run: CollectionRunID
        var vCenter: String
        var vms: Set<String>
        var isWhole: Bool
    }

    enum Identity: Hashable {
        case start(Timestamp)
        case end(Timestamp)
        case row(CollectionRunID)
    }

    var entries: [Entry] = []
    var listings: [Listing] = []

    func customizations() -> [Customization] {
        let sources = Set(entries.map(\.source))
        let listed = Set(listedVMs())
        return sources.flatMap { source in
            customizations(entries.filter { $0.source == source }.sorted { $0.run < $1.run }, listed)
        }
    }

    /// The latest poll of each VM and endpoint that got a status.
    func latestReports() -> [String] {
        let reports = entries.filter { $0.answer.result == .reported }
        return Dictionary(grouping: reports, by: \.source).compactMap { source, reports in
            reports.max { $0.run < $1.run }.map {
                "\(source.vCenter)|\(source.vm)|\(source.endpoint.rawValue)|\($0.polledAt.unixMilliseconds)"
            }
        }
    }

    /// Those that were listed, and that no whole listing has missed since.
    func listedVMs() -> [String] {
        var listed: [String: Set<String>] = [:]
        for listing in listings.sorted(by: { $0.run < $1.run }) {
            listed[listing.vCenter] =
                listing.isWhole ? listing.vms : listed[listing.vCenter, default: []].union(listing.vms)
        }
        return listed.flatMap { vCenter, vms in vms.map { "\(vCenter)|\($0)" } }
    }

    struct Source: Hashable {
        var vCenter: String
        var vm: String
        var endpoint: Endpoint
    }

    /// Definition 3, in milliseconds.
    static func windowInstant(of customization: Customization) -> Int64 {
        let isFinished = customization.outcome == .succeeded || customization.outcome == .failed
        let end = isFinished ? customization.endTime ?? customization.endFirstPolledAt : nil
        return (end ?? customization.lastPolledAt).unixMilliseconds
    }

    private func customizations(_ polls: [Entry], _ listed: Set<String>) -> [Customization] {
        let definite = polls.filter { $0.answer.result == .reported || $0.answer.result == .notFound }
        let identities = definite.indices.map { identity(at: $0, in: definite) }
        return Set(identities.compactMap { $0 }).map { identity in
            let about = definite.indices.filter { identities[$0] == identity }
            let first = definite[about[0]]
            let last = definite[about[about.count - 1]]
            let info = last.answer.info ?? CustomizationInfo(status: .notAvailable)
            var outcome: CustomizationOutcome =
                switch info.status.rawValue {
                case "SUCCEEDED": .succeeded
                case "FAILED": .failed
                case "RUNNING": .running
                case "PENDING": .pending
                default: .other
                }
            // Whatever definite came after the last answer about it was about something else.
            let wasLeft = about[about.count - 1] < definite.count - 1
            let isGone = listings.contains {
                $0.isWhole && $0.vCenter == last.vCenter && !$0.vms.contains(last.vm) && $0.run > last.run
            }
            if (wasLeft || isGone) && (outcome == .running || outcome == .pending) { outcome = .lost }

            let finished = about.reversed().prefix {
                ["SUCCEEDED", "FAILED"].contains(definite[$0].answer.info?.status.rawValue ?? "")
            }
            var customization = Customization(
                of: CustomizedVM(
                    vCenter: first.vCenter, id: first.vm, name: first.vm,
                    isListed: listed.contains("\(first.vCenter)|\(first.vm)")), endpoint: first.endpoint,
                outcome: outcome,
                status: info.status, startTime: info.startTime, endTime: info.endTime,
                endFirstPolledAt: finished.last.map { definite[$0].polledAt }, firstPolledAt: first.polledAt,
                lastPolledAt: last.polledAt, polls: about.count, errorID: last.answer.errorID,
                errorMessage: last.answer.errorMessage?.replacing("\0", with: "\u{FFFD}"))
            if outcome == .running || outcome == .pending, polls.last?.run != last.run {
                customization.unheardUntil =
                    polls.last { $0.answer.isAnswer && $0.answer.result != .unauthorized }?.polledAt
            }
            return customization
        }
    }

    private func identity(at index: Int, in definite: [Entry]) -> Identity? {
        guard let info = definite[index].answer.info, !["NOT_AVAILABLE", "IDLE"].contains(info.status.rawValue) else {
            return nil
        }
        if let identity = identity(byTimesOf: info) { return identity }
        var first = index
        while first > 0, isTimeless(definite[first - 1].answer) { first -= 1 }
        // The answer that ends the row may be about what the row was about.
        if let next = definite[index...].first(where: { !isTimeless($0.answer) })?.answer.info,
            !["NOT_AVAILABLE", "IDLE"].contains(next.status.rawValue), let identity = identity(byTimesOf: next),
            !definite[..<index].contains(where: { $0.answer.info.flatMap(identity(byTimesOf:)) == identity })
        {
            return identity
        }
        return .row(definite[first].run)
    }

    private func identity(byTimesOf info: CustomizationInfo) -> Identity? {
        if let start = info.startTime { return .start(start) }
        return info.endTime.map { .end($0) }
    }

    private func isTimeless(_ answer: Answer) -> Bool {
        guard let info = answer.info, !["NOT_AVAILABLE", "IDLE"].contains(info.status.rawValue) else { return false }
        return info.startTime == nil && info.endTime == nil
    }
}

extension FoldOracle.Entry {
    var source: FoldOracle.Source { FoldOracle.Source(vCenter: vCenter, vm: vm, endpoint: endpoint) }
}
