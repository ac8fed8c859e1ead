import Foundation
import GuestCustomization
import Synchronization

/// Answers requests like vCenter, independently of sockets.
final class VCenterService: Sendable {
    let options: SimulatedVCenter.Options
    let user: String
    let password: String
    let estate: Estate
    let sessions: SessionTable
    let activity = ActivityLog()
    let faults = FaultPlan()
    /// `nil` if exchanges are not recorded.
    let exchanges: ExchangeLog?
    /// The vCenter's own UUID.
    let instanceUUID: Mutex<String>
    let version: APIVersion
    /// The vim25 API, by JSON and SOAP.
    let vim: VIMService
    private let listing: Listing

    init(_ options: SimulatedVCenter.Options, password: String) {
        self.options = options
        user = options.user
        exchanges = options.recordsExchanges ? ExchangeLog() : nil
        self.password = password
        version = APIVersion(options.apiVersion)
        instanceUUID = Mutex(options.instanceUUID ?? "")
        estate = Estate(
            virtualMachines: options.virtualMachines, seed: options.seed, knowsIdle: version.hasIdle,
            rate: options.customizationRate, suspect: options.suspect)
        vim = VIMService(estate, options, version: version)
        sessions = SessionTable(
            idleSeconds: options.sessionIdleSeconds, lifeSeconds: options.sessionLifeSeconds,
            maximum: options.maximumSessions, requests: options.sessionRequests)
        listing = Listing(
            virtualMachineLimit: options.virtualMachineLimit, hostLimit: options.hostLimit,
            containerLimit: options.containerLimit, tooManyMatchesStatus: options.tooManyMatchesStatus,
            comparesNamesDecoded: options.comparesNamesDecoded)
    }

    func response(to request: SimulatedRequest) -> SimulatedResponse {
        let response = properResponse(to: request)
        exchanges?.note(request, response)
        guard options.compressesAnswers else { return response }
        let accepted = request.header("Accept-Encoding")?.lowercased() ?? ""
        return accepted.contains("gzip") ? response.compressed(.gzip) : response
    }

    private func properResponse(to request: SimulatedRequest) -> SimulatedResponse {
        let route = request.route
        switch route {
        case .customization(_, .customizationLive) where !version.hasCustomizationLive: return .pathNotFound
        case .customization(_, .customization) where !version.hasCustomization: return .pathNotFound
        case .hello where !version.hasHello: return .pathNotFound
        case .vim(let path) where !VIPath.releases(of: version).contains(path.release) || options.refusesServiceContent:
            return .pathNotFound
        case .none: return .pathNotFound
        default: break
        }
        guard route.methods.contains(request.method) else {
            return .methodNotAllowed(route.methods.joined(separator: ", "))
        }
        let now = options.clock()
        if route == .session, request.method == "POST" { return login(request, at: now) }
        // The vim25 API looks after its sessions itself.
        switch route {
        case .vim(let path): return answer(path, request, at: now)
        case .soap: return options.refusesServiceContent ? .pathNotFound : answerToSOAP(request, at: now)
        case .soapVersions: return options.refusesServiceContent ? .pathNotFound : serviceVersions
        default: break
        }
        let token = request.header("vmware-api-session-id")
        guard let token, let session = sessions.use(token, at: now),
            session.interface == .automation || version.sharesSessions
        else { return .unauthenticated }

        switch route {
        case .session:
            guard request.method == "DELETE" else { return describe(session) }
            logOut(token)
            return SimulatedResponse(status: 204)
        case .hello: return hello(request)
        case .virtualMachines: return listing.virtualMachines(estate.entries, query: request.query)
        case .hosts: return listing.hosts(estate.hosts, query: request.query)
        case .folders: return listing.folders(estate.folders, query: request.query)
        case .clusters: return listing.clusters(estate.hosts, query: request.query)
        case .datacenters: return listing.datacenters(estate.hosts, query: request.query)
        case .version: return options.refusesVersion ? .versionRefused : describeVersion()
        case .virtualMachine(let id): return about(id) { entry in .ok { $0.virtualMachine(entry) } }
        case .customization(let id, let endpoint): return about(id) { lastCustomization(of: $0, endpoint, at: now) }
        case .none, .vim, .soap, .soapVersions: return .pathNotFound
        }
    }

    var serviceContent: ServiceContent {
        ServiceContent(instanceUUID: instanceUUID.withLock { $0 }, apiVersion: options.apiVersion)
    }

    private func login(_ request: SimulatedRequest, at now: Timestamp) -> SimulatedResponse {
        guard accepts(request.header("Authorization") ?? "") else {
            activity.note { $0.refusedLogins += 1 }
            return .loginRefused
        }
        guard let token = sessions.open(at: now) else {
            activity.note { $0.refusedLogins += 1 }
            return .tooManySessions
        }
        activity.note { $0.logins += 1 }
        var response = SimulatedResponse.ok { $0.string(token) }
        response.status = 201
        return response
    }

    /// Basic with user name and password in UTF-8, separated by the first colon (RFC 7617); or a bearer token.
    private func accepts(_ authorization: String) -> Bool {
        let parts = authorization.split(separator: " ", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return false }
        switch parts[0].lowercased() {
        case "basic": return Data(base64Encoded: parts[1]) == Data("\(user):\(password)".utf8)
        case "bearer": return options.bearerToken == parts[1]
        default: return false
        }
    }

    private func about(_ id: String, _ answer: (Estate.Entry) -> SimulatedResponse) -> SimulatedResponse {
        guard let entry = estate[id] else { return .notFound(vm: id) }
        return entry.isDenied ? .unauthorized(vm: id) : answer(entry)
    }

    private func lastCustomization(
        of entry: Estate.Entry, _ endpoint: Endpoint, at now: Timestamp
    ) -> SimulatedResponse {
        if let scripted = entry.scripted[endpoint] { return scripted }
        guard let info = entry.habits[endpoint]?.lastCustomization(at: now) else { return .pathNotFound }
        return .ok { $0.customization(info, absence: entry.absence) }
    }

    private func describe(_ session: SessionTable.Session) -> SimulatedResponse {
        .ok { json in
            json.raw(#"{"user":"#)
            json.string(user)
            json.raw(#","created_time":"\#(session.createdAt)","last_accessed_time":"\#(session.lastUsedAt)"}"#)
        }
    }

    private func describeVersion() -> SimulatedResponse {
        .ok { json in
            json.raw(#"{"version":"#)
            json.string(options.apiVersion)
            json.raw(
                #","product":"VMware vCenter Server","build":"24755230","#
                    + #""type":"vCenter Server with an embedded Platform Services Controller","summary":"Simulated","#
                    + #""releasedate":"2025-06-17","install_time":"2025-07-01T06:00:00.000Z"}"#)
        }
    }
}
