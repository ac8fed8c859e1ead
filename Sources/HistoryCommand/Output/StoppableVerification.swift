import HistoryStore
import Synchronization

/// The verification of a copy that a stop signal ends, once there is one.
final class StoppableVerification: Sendable {
    private let verification = Mutex<CopyVerification?>(nil)

    func set(_ verification: CopyVerification) {
        self.verification.withLock { $0 = verification }
    }

    func stop() {
        verification.withLock { $0 }?.stop()
    }
}
