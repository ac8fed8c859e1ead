import AsyncHTTPClient
import GuestCustomization
import Logging
import NIOCore
import NIOHTTP1

/// One vCenter, asked over HTTPS in one session.
public struct VCenter: CustomizationSource {
    private let transport: VCenterTransport
    private let requests: SessionRequests

    /// - Parameters:
    ///   - client: Verifies the server; its owner shuts it down after `logOut`.
    ///   - baseURL: `https://host:port`, without a trailing slash.
    ///   - authorization: Value of the `Authorization` header of the login; kept in memory only.
    ///   - requestTimeout: Limit on one request from its first byte to the last byte of its answer.
    ///   - concurrency: Requests under way at once, at most.
    public init(
        client: HTTPClient, baseURL: String, authorization: String, requestTimeout: Duration, concurrency: Int,
        retry: RetryPolicy = RetryPolicy(), logger: Logger
    ) {
        transport = VCenterTransport(client: client, baseURL: baseURL, timeout: TimeAmount(requestTimeout))
        requests = SessionRequests(
            transport: transport,
            session: VCenterSession(transport: transport, authorization: authorization, retry: retry),
            pushback: Pushback(most: concurrency), retry: retry, logger: logger)
    }

    /// Ends the session; to be called however the run ended, a signal included.
    public func logOut() async {
        await requests.session.logOut()
    }

    /// Why the vCenter refused to log in again in mid-run; `nil` if it did not.
    public var loginRefusal: CollectionFailure? {
        get async { await requests.session.refusal }
    }

    public func virtualMachines() async throws(CollectionFailure) -> [VirtualMachine] {
        _ = try await requests.session.token()
        return try await VirtualMachineListing(
            get: { path in await requests.get(path, limit: VirtualMachineListing.bodyLimit).outcome },
            server: transport.baseURL
        ).virtualMachines()
    }

    public func lastCustomization(of vm: String, endpoint: Endpoint) async throws(CollectionFailure) -> Answer {
        let path = path(of: vm, endpoint)
        let asked = await requests.get(path, limit: Answer.bodyLimit)
        if let refusal = asked.refusal {
            return Answer(result: .unauthenticated, httpStatus: 401, failure: .text(refusal.message))
        }
        if case .success(let answer) = asked.outcome, answer.status == 404, await isMissing(path, answer) {
            throw CollectionFailure(
                .endpointMissing,
                "\(transport.baseURL) has no endpoint \(endpoint.rawValue)\(endpoint.remedy)")
        }
        return Answer(asked.outcome)
    }

    /// Whether a 404 means that the whole path does not exist, not that the VM is gone.
    ///
    /// Told by the message id, and made sure of by one question without a session: routing comes before authentication.
    private func isMissing(_ path: String, _ answer: HTTPAnswer) async -> Bool {
        let routeMissing = { (answer: HTTPAnswer) in
            WireErrorBody(answer.body)?.messages.contains { $0.id == "com.vmware.vapi.rest.httpNotFound" } == true
        }
        guard routeMissing(answer) else { return false }
        guard case .success(let probe) = await transport.send(.GET, path, limit: Answer.keptOfOtherBodies) else {
            return false
        }
        return probe.status == 404 && routeMissing(probe)
    }

    private func path(of vm: String, _ endpoint: Endpoint) -> String {
        "/api/vcenter/vm/\(vm.percentEncodedForURL)/guest/\(endpoint.rawValue)"
    }
}

extension Endpoint {
    /// What to do on a vCenter that lacks this endpoint.
    fileprivate var remedy: String {
        switch self {
        case .customizationLive: ": it came with vSphere 9.0; use --endpoint customization for an older vCenter"
        case .customization: ": it came with vSphere 7.0"
        }
    }
}
