import Foundation
import GuestCustomization

extension VCenterService {
    /// `POST /api/vcenter/system?action=hello`: the first of the client's releases that this vCenter has.
    func hello(_ request: SimulatedRequest) -> SimulatedResponse {
        guard request.query["action"] == ["hello"] else { return .invalidArgument("action", "") }
        let body = try? JSONDecoder().decode(VIArgument.self, from: Data(request.body))
        guard let wanted = try? body?.strings("api_releases"), (1...128).contains(wanted.count) else {
            return .invalidArgument("api_releases", "")
        }
        let served = VIPath.releases(of: version)
        return .ok { json in
            json.raw(#"{"api_release":"#)
            json.string(wanted.first { served.contains($0) } ?? "")
            json.raw("}")
        }
    }

    /// The answer to a request of VI JSON.
    func answer(_ path: VIPath, _ request: SimulatedRequest, at now: Timestamp) -> SimulatedResponse {
        do throws(VIFault) {
            if path.isServiceContent { return serviceContent.json }
            var arguments = VIArgument.null
            if path.isMethod {
                // Also a method without parameters wants an object.
                guard let body = try? JSONDecoder().decode(VIArgument.self, from: Data(request.body)),
                    case .object = body
                else { throw .invalidRequest }
                arguments = body
            }
            if path.object.type == "SessionManager" { return try sessionManager(path, arguments, request, at: now) }
            guard let token = request.header("vmware-api-session-id"), useVIMSession(token, at: now) else {
                throw .notAuthenticated
            }
            let call = VIMService.Call(
                object: path.object, member: path.member, arguments: arguments, session: token, now: now)
            let value = try vim.answer(call)
            // A nullable answer without a value is 200 with nothing; void is 204.
            guard let value else { return SimulatedResponse(status: path.canBeNull ? 200 : 204) }
            if case .list(let values) = value, values.isEmpty, options.omitsEmptyLists {
                return SimulatedResponse(status: 200)
            }
            return .ok { $0.value(value) }
        } catch {
            return .viFault(error)
        }
    }

    private func sessionManager(
        _ path: VIPath, _ arguments: VIArgument, _ request: SimulatedRequest, at now: Timestamp
    ) throws(VIFault) -> SimulatedResponse {
        guard path.object.id == "SessionManager" else { throw .notFound(path.object) }
        switch path.member {
        case "Login":
            let (token, session) = try logInToVIM(arguments, at: now)
            var response = SimulatedResponse.ok { $0.value(session) }
            response.headers.append(("vmware-api-session-id", token))
            return response
        case "Logout":
            guard let token = request.header("vmware-api-session-id"), useVIMSession(token, at: now) else {
                throw .notAuthenticated
            }
            logOut(token)
            return SimulatedResponse(status: 204)
        default: throw .notSupported
        }
    }

    /// Opens a session by user name and password. Returns its token and what it is.
    func logInToVIM(_ arguments: VIArgument, at now: Timestamp) throws(VIFault) -> (token: String, session: VIValue) {
        guard try arguments.string("userName") == user, try arguments.string("password") == password else {
            activity.note { $0.refusedLogins += 1 }
            throw .invalidLogin
        }
        guard let token = sessions.open(.vim, at: now) else {
            activity.note { $0.refusedLogins += 1 }
            throw .tooManySessions
        }
        activity.note { $0.logins += 1 }
        let session = VIValue.structure(
            "UserSession",
            [
                ("key", .string(UUID().uuidString.lowercased())), ("userName", .string(user)),
                ("fullName", .string("Simulated")), ("loginTime", .date(now)), ("lastActiveTime", .date(now)),
                ("locale", .string("en")), ("messageLocale", .string("en")), ("extensionSession", .boolean(false)),
                ("ipAddress", .string("127.0.0.1")), ("userAgent", .string("")), ("callCount", .integer(0)),
            ])
        return (token, session)
    }

    /// Whether a token is that of a session that serves here. Before 8.0 U3, one of `/api` does not.
    func useVIMSession(_ token: String, at now: Timestamp) -> Bool {
        guard let session = sessions.use(token, at: now) else { return false }
        return version.sharesSessions || session.interface == .vim
    }

    /// Ends a session, with all that was created in it.
    func logOut(_ token: String) {
        sessions.close(token)
        activity.note { $0.noteLogout(of: token) }
        removeEndedSessionObjects()
    }

    /// Forgets collectors and views whose session has ended.
    func removeEndedSessionObjects() {
        let now = options.clock()
        vim.objects.removeAll { !sessions.isOpen($0, at: now) }
    }
}

extension VIPath {
    /// Whether an answer may have no value.
    fileprivate var canBeNull: Bool {
        ["RetrievePropertiesEx", "QueryEvents", "ReadNextEvents", "ReadPreviousEvents", "latestPage", "latestEvent"]
            .contains(member)
    }
}
