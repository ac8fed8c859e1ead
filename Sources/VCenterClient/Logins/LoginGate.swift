import Foundation
import GuestCustomization
import HistoryConfiguration

/// Lets logins through that may succeed, and holds back those that a vCenter has just refused.
///
/// A company often uses the same account on all its vCenters, and a few wrong passwords lock it. So a login goes to one vCenter first. If
/// that vCenter accepts it, it goes to the others in parallel; if it is refused, it goes to none for an hour.
package actor LoginGate {
    /// Changes the record of refusals, for all processes that share it.
    package typealias Store = @Sendable (_ change: (inout LoginRefusals) -> Void) throws -> Void

    /// How long a login waits for the same login at another vCenter: a vCenter that hangs must not hold up all the others.
    private static let maximumWait = Duration.seconds(5)
    private static let waitStep = Duration.milliseconds(10)

    private let isAskedByPerson: Bool
    private let now: @Sendable () -> Timestamp
    private let clock: SteadyClock
    private let store: Store?
    /// Used if there is no store, or it cannot be written.
    private var memory = LoginRefusals()
    private var underWay: [Secret: Int] = [:]
    /// The logins that a vCenter accepted or refused in this pass.
    private var taken: Set<Secret> = []
    private var refused: Set<Secret> = []

    /// - Parameters:
    ///   - isAskedByPerson: Whether to try a login even if it was refused before this pass.
    ///   - store: Keeps refusals for later processes; without it, only this process knows them.
    package init(
        isAskedByPerson: Bool = false, now: @escaping @Sendable () -> Timestamp, clock: SteadyClock,
        store: Store? = nil
    ) {
        self.isAskedByPerson = isAskedByPerson
        self.now = now
        self.clock = clock
        self.store = store
    }

    /// Begins a pass: a login that a vCenter accepted an hour ago may be wrong by now.
    package func beginPass() {
        taken = []
        refused = []
    }

    /// A login to try, and the vCenter to try it at.
    struct Attempt {
        /// Value of the `Authorization` header.
        var login: Secret
        /// Safe to show; `nil` for a token.
        var user: String?
        var vCenter: String
    }

    /// Runs a login unless it is held back, and records the result.
    func pass<Value: Sendable>(
        _ attempt: Attempt, _ logIn: @Sendable () async throws(HistoryError) -> Value
    ) async throws(HistoryError) -> Value {
        await waitForTurn(attempt.login)
        underWay[attempt.login, default: 0] += 1
        defer { underWay[attempt.login, default: 1] -= 1 }
        let (withheld, _) = change { $0.withhold(attempt.login, at: attempt.vCenter, now: now()) }
        if let withheld, !isAskedByPerson || refused.contains(attempt.login) {
            throw HistoryError(
                refused.contains(attempt.login) ? .loginJustRefused : .loginWithheld, Self.words(on: withheld, attempt))
        }
        do throws(HistoryError) {
            let value = try await logIn()
            taken.insert(attempt.login)
            _ = change { $0.accepted(attempt.login, by: attempt.vCenter, now: now()) }
            return value
        } catch {
            guard error.code == .loginRefused else {
                _ = change { $0.undecided(attempt.login) }
                throw error
            }
            throw error.adding(advice: noteRefusal(attempt))
        }
    }

    /// Records a refusal that came after the first login of a run; returns what to say about it.
    @discardableResult
    func noteRefusal(_ attempt: Attempt) -> String {
        refused.insert(attempt.login)
        taken.remove(attempt.login)
        let (_, fault) = change { $0.refused(attempt.login, by: attempt.vCenter, now: now()) }
        if let fault {
            return "the next run will send this login again, because the refusal cannot be recorded (\(fault))"
        }
        return "this login is not sent to any vCenter for an hour"
    }

    private func waitForTurn(_ login: Secret) async {
        var waited = Duration.zero
        while underWay[login, default: 0] > 0, !taken.contains(login), waited < Self.maximumWait, !Task.isCancelled {
            try? await clock.sleep(for: Self.waitStep)
            waited += Self.waitStep
        }
    }

    /// Changes the record; returns the result, and the reason if the change could not be stored.
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
            + " \(withheld.sinceRefusal.inWords) ago; it will be tried again in \(withheld.untilNextTry.inWords), or immediately once the"
            + " \(attempt.user == nil ? "token" : "user name or password") changes"
    }
}
