import GuestCustomization

/// The definitions of DESIGN.md §2 taken word by word over the whole list of polls: slow, without a state, and sharing no
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

    enum Identity: Hashable {
        case start(Timestamp)
        case end(Timestamp)
        case row(CollectionRunID)
    }

    var entries: [Entry]

    func customizations() -> [Customization] {
        let sources = Set(entries.map(\.source))
        return sources.flatMap { source in
            customizations(entries.filter { $0.source == source }.sorted { $0.run < $1.run })
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

    private func customizations(_ polls: [Entry]) -> [Customization] {
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
            if wasLeft && (outcome == .running || outcome == .pending) { outcome = .lost }

            let finished = about.reversed().prefix {
                ["SUCCEEDED", "FAILED"].contains(definite[$0].answer.info?.status.rawValue ?? "")
            }
            return Customization(
                of: CustomizedVM(vCenter: first.vCenter, id: first.vm, name: first.vm), endpoint: first.endpoint,
                outcome: outcome,
                status: info.status, startTime: info.startTime, endTime: info.endTime,
                endFirstPolledAt: finished.last.map { definite[$0].polledAt }, firstPolledAt: first.polledAt,
                lastPolledAt: last.polledAt, polls: about.count, errorID: last.answer.errorID,
                errorMessage: last.answer.errorMessage?.replacing("\0", with: "\u{FFFD}"))
        }
    }

    private func identity(at index: Int, in definite: [Entry]) -> Identity? {
        guard let info = definite[index].answer.info, !["NOT_AVAILABLE", "IDLE"].contains(info.status.rawValue) else {
            return nil
        }
        if let start = info.startTime { return .start(start) }
        if let end = info.endTime { return .end(end) }
        var first = index
        while first > 0, isTimeless(definite[first - 1].answer) { first -= 1 }
        return .row(definite[first].run)
    }

    private func isTimeless(_ answer: Answer) -> Bool {
        guard let info = answer.info, !["NOT_AVAILABLE", "IDLE"].contains(info.status.rawValue) else { return false }
        return info.startTime == nil && info.endTime == nil
    }
}

extension FoldOracle.Entry {
    var source: FoldOracle.Source { FoldOracle.Source(vCenter: vCenter, vm: vm, endpoint: endpoint) }
}
