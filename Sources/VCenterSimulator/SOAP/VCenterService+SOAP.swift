import Foundation
import GuestCustomization

/// SOAP's face of the vim25 API: what clients such as pyvmomi need to log in and to read events.
extension VCenterService {
    /// The releases that a client may choose from: `GET /sdk/vimServiceVersions.xml`.
    var serviceVersions: SimulatedResponse {
        let prior = VIPath.releases.filter { APIVersion($0) <= version }.dropFirst().map { "<version>\($0)</version>" }
        let newest = VIPath.releases.first { APIVersion($0) <= version } ?? "7.0.0.0"
        let text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <namespaces version="1.0"><namespace><name>urn:vim25</name><version>\(newest)</version>\
            <priorVersions>\(prior.joined())</priorVersions></namespace></namespaces>
            """
        return SimulatedResponse(status: 200, headers: [("Content-Type", "text/xml")], body: text)
    }

    /// The answer to `POST /sdk`.
    func answerToSOAP(_ request: SimulatedRequest, at now: Timestamp) -> SimulatedResponse {
        do throws(VIFault) {
            guard let envelope = XMLNode(document: String(decoding: request.body, as: UTF8.self)),
                let method = envelope.first("Body")?.children.first
            else { throw .invalidRequest }
            return try answer(method, request, at: now)
        } catch {
            if let response = error.response { return response }
            var xml = XMLWriter()
            xml.raw(
                "<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>\(error.text.xmlEscaped)</faultstring>"
            )
            xml.raw("<detail><\(error.type)Fault xmlns=\"urn:vim25\" xsi:type=\"\(error.type)\">")
            for (name, value) in error.members { xml.element(name, value) }
            xml.raw("</\(error.type)Fault></detail></soapenv:Fault>")
            return .soap(500, xml.text)
        }
    }

    private func answer(
        _ method: XMLNode, _ request: SimulatedRequest, at now: Timestamp
    ) throws(VIFault) -> SimulatedResponse {
        if method.name == "RetrieveServiceContent" { return .soap(200, serviceContent.xml) }
        let arguments = method.argument
        if method.name == "Login" {
            let (token, session) = try logInToVIM(arguments, at: now)
            var response = SimulatedResponse.soap(200, method: method.name, session)
            response.headers.append(("Set-Cookie", "\(Self.cookie)=\"\(token)\"; Path=/; HttpOnly; Secure"))
            return response
        }
        guard let token = sessionCookie(of: request), useVIMSession(token, at: now) else { throw .notAuthenticated }
        switch method.name {
        case "CurrentTime": return .soap(200, method: method.name, .date(now))
        case "Logout":
            logOut(token)
            return .soap(200, method: method.name, nil)
        case "QueryEvents", "CreateCollectorForEvents":
            let manager = VIReference(type: "EventManager", id: "EventManager")
            return .soap(200, method: method.name, try call(manager, method.name, arguments, token, at: now))
        case "ReadNextEvents", "ReadPreviousEvents", "RewindCollector", "ResetCollector", "DestroyCollector",
            "SetCollectorPageSize":
            let collector = VIReference(type: "EventHistoryCollector", id: method.first("_this")?.text ?? "")
            return .soap(200, method: method.name, try call(collector, method.name, arguments, token, at: now))
        default: throw .invalidRequest
        }
    }

    private func call(
        _ object: VIReference, _ member: String, _ arguments: VIArgument, _ token: String, at now: Timestamp
    ) throws(VIFault) -> VIValue? {
        try vim.answer(
            VIMService.Call(object: object, member: member, arguments: arguments, session: token, now: now))
    }

    private static let cookie = "vmware_soap_session"

    private func sessionCookie(of request: SimulatedRequest) -> String? {
        for pair in (request.header("Cookie") ?? "").split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            if parts.count == 2, parts[0] == Self.cookie { return parts[1].trimmingCharacters(in: ["\""]) }
        }
        return nil
    }
}

extension SimulatedResponse {
    /// A method's answer; `nil` is void.
    fileprivate static func soap(_ status: Int, method: String, _ value: VIValue?) -> SimulatedResponse {
        var xml = XMLWriter()
        xml.raw("<\(method)Response xmlns=\"urn:vim25\">")
        if let value { xml.element("returnval", value) }
        xml.raw("</\(method)Response>")
        return soap(status, xml.text)
    }

    /// An envelope around a body.
    fileprivate static func soap(_ status: Int, _ body: String) -> SimulatedResponse {
        let envelope = """
            <?xml version="1.0" encoding="UTF-8"?>
            <soapenv:Envelope xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/" \
            xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" \
            xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
            <soapenv:Body>
            \(body)
            </soapenv:Body>
            </soapenv:Envelope>
            """
        return SimulatedResponse(
            status: status, headers: [("Content-Type", "text/xml; charset=utf-8")], body: envelope)
    }
}
