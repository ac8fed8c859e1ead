import VCenterClient

/// How many polls can be under way at once with the files that this process may open, and at how many vCenters.
struct ConnectionShare {
    /// vCenters asked at once, however many files there are.
    static let mostVCenters = 8
    /// Files beside connections: the database and its log, the locks and notes beside it, name look-ups, certificates, and what the
    /// event loops and libdispatch work with. They end the process by a trap where they get none.
    static let reserved = 24
    /// A connection may be tried at two addresses at once, and be made while the one before is still closing.
    static let filesPerConnection = 2

    let vCentersAtOnce: Int
    /// At each vCenter.
    let pollsAtOnce: Int

    /// - Parameters:
    ///   - left: Files that could be opened when the process began.
    ///   - wanted: Polls under way at once, for each vCenter.
    /// - Throws: `CommandFailure`, 71 if not even one poll can be.
    init(of left: Int, for wanted: [Int]) throws {
        let connections = (left - Self.reserved) / Self.filesPerConnection
        guard connections > 0 else {
            throw CommandFailure(
                .noResources,
                "this process may have \(OpenFileLimit.count) files open, which leaves none for a connection; raise the limit (ulimit -n)"
            )
        }
        vCentersAtOnce = Swift.max(1, min(Self.mostVCenters, wanted.count, connections))
        pollsAtOnce = min(wanted.max() ?? 1, connections / vCentersAtOnce)
    }

    /// What there is to say where that is less than was asked for.
    func shortage(for vCenters: [VCenterConfiguration]) -> Trouble? {
        guard let most = vCenters.map(\.concurrency).max(), most > pollsAtOnce else { return nil }
        let places = vCenters.count > 1 ? " at each of \(vCentersAtOnce) vCenters" : ""
        return Trouble(
            level: .warning,
            line:
                "\(pollsAtOnce) polls at once\(places) instead of \(most): this process may have only \(OpenFileLimit.count) files open; raise the limit (ulimit -n)",
            kinds: ["open files"])
    }
}
