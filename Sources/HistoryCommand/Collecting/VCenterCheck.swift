import GuestCustomization
import HistoryConfiguration
import Logging
import VCenterClient

/// What `config check` found out about one vCenter.
struct VCenterCheck: Sendable {
    /// A few lines for people, without secrets.
    let text: String
    /// Why it could not be polled; `nil` if it could, as far as was checked.
    let failure: HistoryError?

    /// - Parameter logins: Lets the login through; `nil` for no login.
    init(of vCenter: VCenterConfiguration, loggingIn logins: LoginGate?, _ messages: MessageOptions) async {
        do {
            if let logins {
                let seen = try await Self.survey(vCenter, logins, messages)
                text = vCenter.summary + Self.line(seen.words)
            } else {
                _ = try await vCenter.credentials.credentials(by: Clocks.machine.steady)
                text = vCenter.summary
            }
            failure = nil
        } catch {
            failure = error.asHistoryError
            text = vCenter.summary + Self.line(logins == nil ? "cannot be made" : "failed")
        }
    }

    private static func survey(
        _ vCenter: VCenterConfiguration, _ logins: LoginGate, _ messages: MessageOptions
    ) async throws -> VCenterSurvey {
        let source = VCenter(
            vCenter, logger: messages.logger, logins: logins, now: Clocks.machine.now, clock: Clocks.machine.steady)
        do {
            let seen = try await source.survey()
            await source.close()
            return seen
        } catch {
            await source.close()
            throw error
        }
    }

    private static func line(_ words: String) -> String { "  log-in       \(words)\n" }
}

extension VCenterSurvey {
    fileprivate var words: String {
        let release = version.map { "vCenter \($0)" } ?? "a vCenter of unknown version"
        let vms = "\(virtualMachines) \(virtualMachines == 1 ? "VM" : "VMs")"
        let has = endpoints.isEmpty ? "neither endpoint" : endpoints.map(\.rawValue).joined(separator: " and ")
        return "\(release); \(vms) to poll; has \(has)"
    }
}
