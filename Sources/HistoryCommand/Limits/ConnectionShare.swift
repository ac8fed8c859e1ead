import GuestCustomization
import HistoryConfiguration

/// How many polls can run at once, and at how many vCenters, with the files that this process may open.
struct ConnectionShare {
    /// vCenters polled in parallel, however many files are available.
    static let maximumVCenters = 8
    /// Files other than connections: the database and its log, the locks and notes beside it, name look-ups, certificates, and what the
    /// event loops and libdispatch need. They crash the process if they get none.
    static let reserved = 24
    /// A connection may be tried at two addresses at once, and be opened while the previous one is still closing.
    static let filesPerConnection = 2

    let vCentersAtOnce: Int
    /// At each vCenter.
    let pollsAtOnce: Int

    /// - Parameters:
    ///   - left: Files that could be opened when the process started.
    ///   - wanted: Concurrent polls, for each vCenter.
    /// - Throws: `HistoryError`, 71 if not even one poll is possible.
    init(of left: Int, for wanted: [Int]) throws {
        let connections = (left - Self.reserved) / Self.filesPerConnection
        guard connections > 0 else {
            throw HistoryError(
                .noResources,
                "this process may open only \(OpenFileLimit.count) files, which leaves none for a connection",
                advice: "raise the limit (ulimit -n)")
        }
        vCentersAtOnce = Swift.max(1, min(Self.maximumVCenters, wanted.count, connections))
        pollsAtOnce = min(wanted.max() ?? 1, connections / vCentersAtOnce)
    }

    /// The warning if that is less than requested.
    func shortage(for vCenters: [VCenterConfiguration]) -> Problem? {
        guard let asked = vCenters.map(\.concurrency).max(), asked > pollsAtOnce else { return nil }
        let places: LogLine = vCenters.count > 1 ? " at each of \(vCentersAtOnce, as: "vcenters") vCenters" : ""
        return Problem(
            level: .warning,
            line: "\(pollsAtOnce, as: "concurrency") polls at once" + places
                + " instead of \(asked, as: "wanted"): this process may open only \(OpenFileLimit.count, as: "files") files; raise the limit (ulimit -n)",
            kinds: ["open files"])
    }
}
