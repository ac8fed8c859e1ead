import GuestCustomization

/// The answer to a request. `Date`, `Content-Length` and `Content-Type` are added unless `headers` has them.
package struct SimulatedResponse: Sendable {
    /// HTTP status.
    package var status: Int
    /// In order.
    package var headers: [(name: String, value: String)]
    /// Uncompressed.
    package var body: [UInt8]

    package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// An answer with a body of text, in UTF-8.
    package init(status: Int, headers: [(name: String, value: String)] = [], body: String) {
        self.init(status: status, headers: headers, body: Array(body.utf8))
    }

    /// An error in vCenter's form: `{"error_type": …, "messages": [LocalizableMessage…]}`.
    package static func error(
        _ status: Int, _ errorType: String, messageID: String, _ text: String, args: [String] = [],
        challenge: String? = nil, headers: [(name: String, value: String)] = []
    ) -> SimulatedResponse {
        var json = JSONWriter()
        json.raw(#"{"error_type":"#)
        json.string(errorType)
        if let challenge {
            json.raw(#","challenge":"#)
            json.string(challenge)
        }
        json.raw(#","messages":["#)
        json.message(LocalizableMessage(id: messageID, defaultMessage: text, args: args))
        json.raw("]}")
        return SimulatedResponse(status: status, headers: headers, body: json.bytes)
    }

    static func ok(_ write: (inout JSONWriter) -> Void) -> SimulatedResponse {
        var json = JSONWriter()
        write(&json)
        return SimulatedResponse(status: 200, body: json.bytes)
    }
}

// MARK: - vCenter's own errors

extension SimulatedResponse {
    private static let challenge = #"Basic realm="VAPI endpoint", SIGN realm="vsphere.local", service="VAPI endpoint""#

    /// No session, or the session has ended.
    package static let unauthenticated = error(
        401, "UNAUTHENTICATED", messageID: "com.vmware.vapi.endpoint.method.authentication.required",
        "Authentication required.", challenge: challenge, headers: [("WWW-Authenticate", challenge)])

    /// A wrong user name or password.
    package static let loginRefused = error(
        401, "UNAUTHENTICATED", messageID: "com.vmware.vapi.endpoint.failedToLogin",
        "Unable to authenticate the user.", challenge: challenge, headers: [("WWW-Authenticate", challenge)])

    /// The account has reached its limit of sessions.
    package static let tooManySessions = error(
        503, "SERVICE_UNAVAILABLE",
        messageID: "com.vmware.vapi.endpoint.failedToLoginMaxUserSessionCountReached",
        "Unable to log in: the number of sessions of this user has reached its limit.")

    /// The path does not exist in this release of vCenter.
    static let pathNotFound = error(404, "NOT_FOUND", messageID: "com.vmware.vapi.rest.httpNotFound", "Not found.")

    static func methodNotAllowed(_ allowed: String) -> SimulatedResponse {
        error(
            405, "OPERATION_NOT_FOUND", messageID: "com.vmware.vapi.rest.httpMethodNotAllowed",
            "The method is not allowed here.", args: [allowed], headers: [("Allow", allowed)])
    }

    static func invalidArgument(_ name: String, _ value: String) -> SimulatedResponse {
        error(
            400, "INVALID_ARGUMENT", messageID: "com.vmware.vapi.rest.invalidParameter",
            "The parameter '\(name)' or its value '\(value)' is not valid.", args: [name, value])
    }

    /// The VM is gone, or never existed.
    package static func notFound(vm: String) -> SimulatedResponse {
        error(
            404, "NOT_FOUND", messageID: "com.vmware.api.vcenter.vm.not_found",
            "Virtual machine with identifier '\(vm)' does not exist.", args: [vm])
    }

    /// The account lacks System.View on the VM.
    package static func unauthorized(vm: String) -> SimulatedResponse {
        error(
            403, "UNAUTHORIZED", messageID: "com.vmware.vapi.endpoint.method.authorization.denied",
            "The account has no privilege System.View on virtual machine '\(vm)'.", args: ["System.View", vm])
    }

    static let versionRefused = error(
        403, "UNAUTHORIZED", messageID: "com.vmware.vapi.endpoint.method.authorization.denied",
        "The account may not ask for the version.", args: ["appliance.system.version"])

    /// More matches than a listing may have. `status` is 500 by the API reference; some clients get 400.
    static func tooManyMatches(of kind: String, limit: Int, status: Int) -> SimulatedResponse {
        error(
            status, "UNABLE_TO_ALLOCATE_RESOURCE", messageID: "com.vmware.api.vcenter.\(kind).too_many_matches",
            "More than \(limit) matches. Narrow the filter.", args: [String(limit)])
    }

    /// The VM is powered off, or its VMware Tools are not running: an error of this VM alone, for as long as that lasts.
    package static func toolsNotRunning(vm: String) -> SimulatedResponse {
        error(
            503, "SERVICE_UNAVAILABLE", messageID: "com.vmware.api.vcenter.vm.guest.tools_not_running",
            "VMware Tools are not running in virtual machine '\(vm)'.", args: [vm])
    }

    /// A service behind the endpoint cannot be reached.
    package static func serviceUnavailable(retryAfterSeconds: Int? = nil) -> SimulatedResponse {
        error(
            503, "SERVICE_UNAVAILABLE", messageID: "com.vmware.vapi.endpoint.serviceUnavailable",
            "A service behind this endpoint cannot be reached.",
            headers: retryAfterSeconds.map { [("Retry-After", String($0))] } ?? [])
    }

    /// The server ran out of time.
    package static let timedOut = error(
        504, "TIMED_OUT", messageID: "com.vmware.vapi.endpoint.timedOut", "The operation ran out of time.")
}
