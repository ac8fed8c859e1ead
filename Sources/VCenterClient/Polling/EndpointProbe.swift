import GuestCustomization
import NIOHTTP1

/// Finds out which endpoints a vCenter has, without a session: it routes before it authenticates, so that a path that is there is answered
/// by 401, and one that is not by 404 or 405 (docs/vcenter-api.md).
struct EndpointProbe: Sendable {
    enum Presence: Sendable {
        case there
        /// As vCenter itself says.
        case missing
        /// As something says that may stand before the vCenter: its words are not vCenter's.
        case missingByOthersWords
        /// Nothing came that would tell.
        case unknown
    }

    let transport: VCenterTransport

    func presence(of endpoint: Endpoint) async -> Presence {
        // Not a VM that there may be: what stands before one may be in the way of that one only.
        let vm = "vm-0"
        let path = "/api/vcenter/vm/\(vm)/guest/\(endpoint.rawValue)"
        guard case .success(let answer) = await transport.send(.GET, path, limit: Answer.keptOfOtherBodies)
        else { return .unknown }
        switch answer.status {
        case 404, 405: return WireErrorBody(answer.body)?.isVCenters == true ? .missing : .missingByOthersWords
        case 200, 401, 403: return .there
        // Whoever speaks of that VM has the path.
        default: return Answer(answer, of: vm).isAnswer ? .there : .unknown
        }
    }
}
