import GuestCustomization
import NIOHTTP1

/// Finds out which endpoints a vCenter has, without a session. vCenter routes before it authenticates: it answers 401 for a path that
/// exists, and 404 or 405 for one that does not (docs/vcenter-api.md).
struct EndpointProbe: Sendable {
    enum Presence: Sendable {
        case there
        /// vCenter itself says so.
        case missing
        /// The words are not vCenter's, so they may be a proxy's.
        case missingByOthersWords
        /// The answer does not show it.
        case unknown
    }

    let transport: VCenterTransport

    func presence(of endpoint: Endpoint) async -> Presence {
        // Use a VM that cannot exist: a proxy may block the path of an existing VM only.
        let vm = "vm-0"
        let path = "/api/vcenter/vm/\(vm)/guest/\(endpoint.rawValue)"
        guard case .success(let answer) = await transport.send(.GET, path, limit: Answer.keptOfOtherBodies)
        else { return .unknown }
        switch answer.status {
        case 404, 405: return WireErrorBody(answer.body)?.isVCenters == true ? .missing : .missingByOthersWords
        case 200, 401, 403: return .there
        // An answer about that VM shows that the path exists.
        default: return Answer(answer, of: vm).isAnswer ? .there : .unknown
        }
    }
}
