import Foundation
import GuestCustomization

/// Lets logins through that may be right, and holds back those that a vCenter has just refused.
///
/// An account is often the same on all vCenters of a company, and locked after some wrong passwords. So a login goes to one vCenter first; once
/// that took it, it goes to the others side by side; once it was refused, it goes to none for an hour.
package actor LoginGate {
    /// How what is remembered is changed, for all processes that share it.
    package typealias Store = @Sendable (_ change: (inout LoginRefusals) -> Void) throws -> Void

    /// How long a login waits for the end of the same one elsewhere: a vCenter that hangs must not hold up all others.
    private static let longestWait = Duration.seconds(5)
    private static let waitStep = Duration.milliseconds(10)

    private let isAskedByPerson: Bool
    private let now: @Sendable () -> Timestamp
    private let clock: SteadyClock
    private let store: Store?
    /// Stands in where there is no store, or it cannot be written.
    private var memory = LoginRefusals()
    private var underWay: [Secret: Int] = [:]
    /// What a vCenter took or refused in this pass.
    private var taken: Set<Secret> = []
    private var refused: Set<Secret> = []

    /// - Parameters:
    ///   - isAskedByPerson: Whether what was refused before this pass is tried all the same.
    ///   - store: Keeps refusals for later processes; without one they are known to this process only.
    package init(
        isAskedByPerson: Bool = false, now: @escaping @Sendable () -> Timestamp, clock: SteadyClock,
        store: Store? = nil
    ) {
        self.isAskedByPerson = isAskedByPerson
        self.now = now
        self.clock = clock
        self.store = store
    }

    /// Begins a pass: what a vCenter took an hour ago may be wrong by now.
    package func beginPass() {
        taken = []
        refused = []
    }

    /// What is to be tried at which vCenter.
    struct Attempt {
        /// Value of the `Authorization` header.
        var login: Secret
        /// Fit to be shown; `nil` for a token.
        var user: String?
        var vCenter: String
    }

    /// Runs a login, if it is not to be held back, and notes what came of it.
    func pass<Value: Sendable>(
        _ attempt: Attempt, _ logIn: @Sendable () async throws(CollectionFailure) -> Value
    ) async throws(CollectionFailure) -> Value {
        await waitForTurn(attempt.login)
        underWay[attempt.login, default: 0] += 1
        defer { underWay[attempt.login, default: 1] -= 1 }
        let (withheld, _) = change { $0.withhold(attempt.login, at: attempt.vCenter, now: now()) }
        if let withheld, !isAskedByPerson || refused.contains(attempt.login) {
            throw CollectionFailure(
                .loginWithheld(isNews: !refused.contains(attempt.login)), Self.words(on: withheld, attempt))
        }
        do throws(CollectionFailure) {
            let value = try await logIn()
            taken.insert(attempt.login)
            _ = change { $0.accepted(attempt.login, by: attempt.vCenter, now: now()) }
            return value
        } catch {
            guard error.kind == .loginRefused else {
                _ = change { $0.undecided(attempt.login) }
                throw error
            }
            throw CollectionFailure(.loginRefused, error.message + noteRefusal(attempt))
        }
    }

    /// Notes a refusal that came later than with the first login of a run; returns what is to be said of it.
    @discardableResult
    func noteRefusal(_ attempt: Attempt) -> String {
        refused.insert(attempt.login)
        taken.remove(attempt.login)
        let (_, fault) = change { $0.refused(attempt.login, by: attempt.vCenter, now: now()) }
        if let fault { return "; the next run will send the same again, since this cannot be kept in mind (\(fault))" }
        return "; the same is sent to no vCenter for an hour"
    }

    private func waitForTurn(_ login: Secret) async {
        var waited = Duration.zero
        while underWay[login, default: 0] > 0, !taken.contains(login), waited < Self.longestWait, !Task.isCancelled {
            try? await clock.sleep(for: Self.waitStep)
            waited += Self.waitStep
        }
    }

    /// Changes what is remembered; returns with the result why it could not be stored, if it could not.
    private func change<Result>(_ body: (inout LoginRefusals) -> Result) -> (Result, String?) {
        guard let store else { return (body(&memory), nil) }
        var result: Result?
        var fault: String?
        do { try store { result = body(&$0) } } catch { fault = "\(error)" }
        if let result, fault == nil { return (result, nil) }
        return (body(&memory), fault)
    }

    private static func words(on withheld: LoginRefusals.Withheld, _ attempt: Attempt) -> String {
        "not logged in\(attempt.user.map { " as \($0)" } ?? ""): \(withheld.refusedBy) refused this login"
            + " \(withheld.sinceRefusal.inWords) ago; it is tried again in \(withheld.untilNextTry.inWords), or at once when the"
            + " \(attempt.user == nil ? "token" : "user name or password") is changed"
    }
}
