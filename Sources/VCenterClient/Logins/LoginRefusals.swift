import Crypto
import Foundation
import GuestCustomization
import HistoryConfiguration

/// The record of logins that vCenters refused. It keeps a wrong password from being sent until its account is locked.
///
/// It contains no user name and no secret, only the HMAC-SHA256 of both, with a random key made for this record.
package struct LoginRefusals: Codable, Sendable {
    /// Seconds between two attempts of a refused login.
    static let pause = 3600.0
    /// Seconds after which a refusal is forgotten.
    private static let kept = 30 * 24 * pause
    private static let maximumCount = 200

    private var key: Data
    private var logins: [Login] = []

    /// An empty record, with a new key.
    package init() {
        key = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
    }

    /// One user name and secret.
    private struct Login: Codable {
        var digest: Data
        var refusals: [Refusal] = []
        /// When a vCenter last accepted it: earlier refusals apply only to the vCenters that refused it.
        var acceptedAt: Timestamp?
        /// When an attempt began that has not been reported as finished.
        var triedAt: Timestamp?
        /// vCenters that have not been tried since it was refused, in the order of their turns.
        var waiting: [String] = []
    }

    private struct Refusal: Codable {
        var vCenter: String
        var first: Timestamp
        var latest: Timestamp
    }

    /// Why a login is held back.
    struct Withheld: Hashable {
        /// The vCenter that refused it.
        var refusedBy: String
        var sinceRefusal: Duration
        var untilNextTry: Duration
    }

    /// Whether a login may be tried at a vCenter now. If it was refused before, the attempt is recorded, so that no other process
    /// makes one as well.
    mutating func withhold(_ login: Secret, at vCenter: String, now: Timestamp) -> Withheld? {
        guard let index = index(of: login) else { return nil }
        let binding = logins[index].refusals.filter { refusal in
            refusal.vCenter == vCenter || logins[index].acceptedAt.map { refusal.first > $0 } ?? true
        }
        guard let refusal = binding.max(by: { $0.latest < $1.latest }) else { return nil }
        let passed = now.seconds(since: max(refusal.latest, logins[index].triedAt ?? refusal.latest))
        // Far in the future: our clock was set back, and the true time is unknown.
        let isDue = passed >= Self.pause || passed < -Self.pause
        let isOverdue = !(0..<2 * Self.pause).contains(passed)
        let givesWay = isDue && !isOverdue && (logins[index].waiting.first ?? vCenter) != vCenter
        if isDue, !givesWay {
            logins[index].triedAt = now
            // A vCenter that missed its turn is no longer polled.
            if isOverdue { logins[index].waiting = [] }
            logins[index].waiting.removeAll { $0 == vCenter }
            return nil
        }
        if !logins[index].waiting.contains(vCenter) { logins[index].waiting.append(vCenter) }
        return Withheld(
            refusedBy: refusal.vCenter, sinceRefusal: .seconds(max(0, now.seconds(since: refusal.latest))),
            untilNextTry: .seconds((givesWay ? 2 : 1) * Self.pause - max(0, passed)))
    }

    /// Records that a vCenter refused a login.
    mutating func refused(_ login: Secret, by vCenter: String, now: Timestamp) {
        logins.removeAll { login in login.refusals.allSatisfy { now.seconds(since: $0.latest) > Self.kept } }
        if index(of: login) == nil { logins.append(Login(digest: digest(of: login))) }
        logins.removeFirst(max(0, logins.count - Self.maximumCount))
        guard let index = index(of: login) else { return }
        logins[index].triedAt = nil
        logins[index].waiting.removeAll { $0 == vCenter }
        if let known = logins[index].refusals.firstIndex(where: { $0.vCenter == vCenter }) {
            logins[index].refusals[known].first = min(now, logins[index].refusals[known].first)
            logins[index].refusals[known].latest = now
        } else {
            logins[index].refusals.append(Refusal(vCenter: vCenter, first: now, latest: now))
        }
    }

    /// Records that a vCenter accepted a login.
    mutating func accepted(_ login: Secret, by vCenter: String, now: Timestamp) {
        guard let index = index(of: login) else { return }
        logins[index].refusals.removeAll { $0.vCenter == vCenter }
        logins[index].waiting.removeAll { $0 == vCenter }
        logins[index].triedAt = nil
        logins[index].acceptedAt = now
        if logins[index].refusals.isEmpty { logins.remove(at: index) }
    }

    /// Records that an attempt was inconclusive, for example because the vCenter could not be reached.
    mutating func undecided(_ login: Secret) {
        if let index = index(of: login) { logins[index].triedAt = nil }
    }

    private func index(of login: Secret) -> Int? {
        guard !logins.isEmpty else { return nil }
        let digest = digest(of: login)
        return logins.firstIndex { $0.digest == digest }
    }

    private func digest(of login: Secret) -> Data {
        Data(HMAC<SHA256>.authenticationCode(for: Data(login.exposed.utf8), using: SymmetricKey(data: key)))
    }
}
