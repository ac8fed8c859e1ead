import GuestCustomization
import Synchronization

/// The sessions of a simulated vCenter's only account.
final class SessionTable: Sendable {
    struct Session {
        let createdAt: Timestamp
        let interface: Interface
        var lastUsedAt: Timestamp
        var requests = 0
    }

    /// What a session was opened by. They accept each other's sessions from 8.0 U3 on.
    enum Interface: Sendable {
        /// `/api`
        case automation
        /// `/sdk`, in JSON and SOAP.
        case vim
    }

    private let idleSeconds: Double
    private let lifeSeconds: Double
    private let maximum: Int
    private let requests: Int?
    private let sessions = Mutex<[String: Session]>([:])

    /// - Parameter requests: How many requests a session serves before it ends; `nil` for any number.
    init(idleSeconds: Double, lifeSeconds: Double, maximum: Int, requests: Int? = nil) {
        self.idleSeconds = idleSeconds
        self.lifeSeconds = lifeSeconds
        self.maximum = maximum
        self.requests = requests
    }

    /// Opens a session and returns its token; `nil` if the account has reached its limit.
    func open(_ interface: Interface = .automation, at now: Timestamp) -> String? {
        let token = Self.randomToken()
        return sessions.withLock { sessions in
            if sessions.count >= maximum { sessions = sessions.filter { !hasEnded($0.value, at: now) } }
            guard sessions.count < maximum else { return nil }
            sessions[token] = Session(createdAt: now, interface: interface, lastUsedAt: now)
            return token
        }
    }

    /// 128 unguessable bits in the form of a vCenter's token: 32 hexadecimal digits.
    static func randomToken() -> String {
        var random = SystemRandomNumberGenerator()
        return (0..<2).map { _ in
            let digits = String(random.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// The session, whose use is counted; `nil` if there is none with this token, or it has ended.
    func use(_ token: String?, at now: Timestamp) -> Session? {
        guard let token else { return nil }
        return sessions.withLock { sessions in
            guard var session = sessions[token] else { return nil }
            guard !hasEnded(session, at: now) else {
                sessions[token] = nil
                return nil
            }
            session.lastUsedAt = now
            session.requests += 1
            sessions[token] = session.requests == requests ? nil : session
            return session
        }
    }

    /// Whether the session has not ended; does not count as a use.
    func isOpen(_ token: String, at now: Timestamp) -> Bool {
        sessions.withLock { sessions in sessions[token].map { !hasEnded($0, at: now) } ?? false }
    }

    func close(_ token: String) {
        sessions.withLock { $0[token] = nil }
    }

    func endAll() {
        sessions.withLock { $0.removeAll() }
    }

    /// The sessions that are still open at `now`.
    func count(at now: Timestamp) -> Int {
        sessions.withLock { sessions in sessions.values.count { !hasEnded($0, at: now) } }
    }

    private func hasEnded(_ session: Session, at now: Timestamp) -> Bool {
        now.seconds(since: session.lastUsedAt) > idleSeconds || now.seconds(since: session.createdAt) > lifeSeconds
    }
}
