import GuestCustomization
import Synchronization

/// One progress bar for all vCenters that are polled in parallel.
final class RoundProgress: Sendable {
    private struct Key: Hashable {
        let vCenter: String
        let endpoint: Endpoint
    }

    private let bar: ProgressBar
    private let latest: Mutex<[Key: CollectionProgress]> = Mutex([:])

    init(_ bar: ProgressBar) {
        self.bar = bar
    }

    func show(_ progress: CollectionProgress) {
        guard bar.isVisible else { return }
        let all = latest.withLock { latest in
            latest[Key(vCenter: progress.vCenter, endpoint: progress.endpoint)] = progress
            return latest
        }
        let vCenters = Set(all.keys.map(\.vCenter))
        if vCenters.count == 1 {
            bar.show(
                "\(progress.vCenter) \(progress.endpoint.rawValue)", done: progress.polled, of: progress.of,
                unit: "polls")
        } else {
            bar.show(
                "\(vCenters.count) vCenters", done: all.values.reduce(0) { $0 + $1.polled },
                of: all.values.reduce(0) { $0 + $1.of }, unit: "polls")
        }
    }

    func clear() { bar.clear() }
}
