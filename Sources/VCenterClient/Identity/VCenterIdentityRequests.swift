import Foundation
import NIOCore
import NIOHTTP1

/// Asks a vCenter for its own instance UUID, without a session. The UUID identifies the vCenter, whatever its address.
///
/// It first sends one GET, which 8.0 U1 and later answer in JSON, then the SOAP request that every release answers. Source:
/// docs/vcenter-api.md, "Which vCenter is this".
struct VCenterIdentityRequests {
    /// A service content has about 6 KiB.
    static let bodyLimit = 256 * 1024
    /// Kept short: it delays the login, and a run continues without an answer.
    static let timeLimit = TimeAmount.seconds(10)

    private static let jsonPath = "/sdk/vim25/8.0.1.0/ServiceInstance/ServiceInstance/content"
    private static let soapPath = "/sdk"
    private static let soapRequest = """
        <?xml version="1.0" encoding="UTF-8"?>
        <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>\
        <RetrieveServiceContent xmlns="urn:vim25"><_this type="ServiceInstance">ServiceInstance</_this></RetrieveServiceContent>\
        </soapenv:Body></soapenv:Envelope>
        """

    var transport: VCenterTransport

    init(_ transport: VCenterTransport) {
        self.transport = transport
        self.transport.timeout = min(transport.timeout, Self.timeLimit)
    }

    /// The UUID in lower case; `nil` if the vCenter does not report it.
    func instanceUUID() async -> String? {
        switch await transport.send(.GET, Self.jsonPath, limit: Self.bodyLimit) {
        case .success(let answer):
            if answer.status == 200, !answer.isCut, let uuid = ServiceContent.instanceUUID(inJSON: answer.body) {
                return uuid
            }
        // A server that is unreachable or slow will not answer the second request either.
        case .failure: return nil
        }
        let headers: HTTPHeaders = ["content-type": "text/xml; charset=utf-8", "soapaction": "urn:vim25/8.0"]
        let asked = await transport.send(
            .POST, Self.soapPath, headers: headers, body: Array(Self.soapRequest.utf8), limit: Self.bodyLimit)
        guard case .success(let answer) = asked, answer.status == 200 else { return nil }
        return ServiceContent.instanceUUID(inXML: answer.body)
    }
}
