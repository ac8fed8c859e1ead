/// A fault of the vim25 API: HTTP 500 in JSON and in SOAP.
struct VIFault: Error {
    /// The class.
    let type: String
    /// English.
    let text: String
    var members: [(name: String, value: VIValue)] = []
    /// The answer in place of a fault, where vCenter gives none.
    var response: SimulatedResponse?

    static func invalidArgument(_ name: String) -> VIFault {
        VIFault(
            type: "InvalidArgument", text: "A specified parameter was not correct: \(name)",
            members: [("invalidProperty", .string(name))])
    }
    static let notAuthenticated = VIFault(
        type: "NotAuthenticated", text: "The session is not authenticated.",
        members: [
            ("object", .reference(VIReference(type: "Folder", id: "group-d1"))),
            ("privilegeId", .string("System.View")),
        ])
    static let invalidLogin = VIFault(
        type: "InvalidLogin", text: "Cannot complete login due to an incorrect user name or password.")
    /// vCenter's web server refuses a session too many itself (kubernetes/kops issue 2747, hashicorp/packer-plugin-vsphere issue 217).
    static let tooManySessions = VIFault(
        type: "", text: "",
        response: SimulatedResponse(
            status: 503, headers: [("Content-Type", "text/plain")], body: "503 Service Unavailable"))
    static let invalidState = VIFault(
        type: "InvalidState", text: "The operation is not allowed in the current state.")
    static let notSupported = VIFault(type: "NotSupported", text: "The operation is not supported on the object.")
    static let invalidRequest = VIFault(type: "InvalidRequest", text: "The request is not valid.")
    static func notFound(_ object: VIReference) -> VIFault {
        VIFault(
            type: "ManagedObjectNotFound",
            text:
                "The object 'vim.\(object.type):\(object.id)' has already been deleted or has not been completely created",
            members: [("obj", .reference(object))])
    }
    static func invalidProperty(_ path: String) -> VIFault {
        VIFault(type: "InvalidProperty", text: "The property is not known.", members: [("name", .string(path))])
    }

    var value: VIValue { .structure(type, [("faultstring", .string(text))] + members) }
}

extension SimulatedResponse {
    /// A fault of VI JSON, such as `NotAuthenticated`: HTTP 500.
    ///
    /// - Parameters:
    ///   - type: The class: `_typeName`.
    ///   - text: English.
    package static func viFault(_ type: String, _ text: String = "Simulated.") -> SimulatedResponse {
        viFault(VIFault(type: type, text: text))
    }

    static func viFault(_ fault: VIFault) -> SimulatedResponse {
        if let response = fault.response { return response }
        var response = ok { $0.value(fault.value) }
        response.status = 500
        return response
    }
}
