import GuestCustomization
import HistoryConfiguration
import HistoryStore
import VCenterClient

extension CollectionPass {
    /// The endpoints to poll that the vCenter has; or the endpoints assumed, with the reason why it cannot be asked.
    func endpoints(
        _ source: VCenter, of name: String, since began: Duration
    ) async throws -> ([Endpoint], HistoryError?) {
        let (choice, known) = (vCenter.endpoints, try history.endpoints(polledOn: name))
        let offer = await withinRunTime(since: began) { () -> Result<OfferedEndpoints, HistoryError> in
            do throws(HistoryError) {
                return .success(try await source.offered(choice, known: known))
            } catch {
                return .failure(error)
            }
        }
        switch offer {
        case .success(let offered)?:
            report(offered, known: known)
            return (offered.polled, nil)
        case .failure(let failure)?: return (choice.assumed(known: known), failure)
        case nil: return (choice.assumed(known: known), nil)
        }
    }

    /// Why nobody can log in; `nil` if we have, or if the time was over before.
    func logInFailure(_ source: VCenter, since began: Duration) async -> HistoryError? {
        await withinRunTime(since: began) { () -> HistoryError? in
            do throws(HistoryError) { try await source.logIn() } catch { return error }
            return nil
        } ?? nil
    }

    /// Reports which endpoints are polled if the settings leave that to the vCenter.
    ///
    /// - Parameter known: The endpoints polled before.
    private func report(_ offered: OfferedEndpoints, known: [Endpoint]) {
        let (polled, missing) = (offered.polled.map(\.rawValue), offered.missing.map(\.rawValue))
        if !missing.isEmpty {
            // With `both`, this is news if nothing was ever polled, or if the other endpoint existed before.
            let isNews = vCenter.endpoints == .both && (known.isEmpty || !Set(known).isDisjoint(with: offered.missing))
            messages.say(
                isNews ? .notice : .info,
                "\(vCenter.name, as: "vcenter"): has no \(missing, as: "missing"); \(polled, as: "endpoints") is polled"
            )
        } else if vCenter.endpoints == .automatic {
            messages.say(.info, "\(vCenter.name, as: "vcenter"): \(polled, as: "endpoints") is polled")
        }
    }
}
