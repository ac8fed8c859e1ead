import Testing

@testable import VCenterClient

@Suite struct ServiceContentTests {
    private static let uuid = "4f9d1c2e-0a0b-4c0d-8e0f-102030405060"

    private static func envelope(_ element: String) -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>
        <RetrieveServiceContentResponse xmlns="urn:vim25"><returnval><about><name>vCenter</name>\(element)</about></returnval>
        </RetrieveServiceContentResponse></soapenv:Body></soapenv:Envelope>
        """
    }

    @Test(arguments: [
        "<instanceUuid>4F9D1C2E-0A0B-4C0D-8E0F-102030405060</instanceUuid>",
        "<instanceUuid xsi:type=\"xsd:string\">\n  4f9d1c2e-0a0b-4c0d-8e0f-102030405060 </instanceUuid>",
        "<v:instanceUuid>4f9d1c2e-0a0b-4c0d-8e0f-102030405060</v:instanceUuid>",
        "<build/><!-- no < here --><instanceUuid >4f9d1c2e-0a0b-4c0d-8e0f-102030405060</instanceUuid>",
    ])
    func `the UUID is read from XML`(element: String) {
        #expect(ServiceContent.instanceUUID(inXML: Array(Self.envelope(element).utf8)) == Self.uuid)
    }

    @Test(arguments: [
        "", "<instanceUuid/>", "<instanceUuid></instanceUuid>", "<instanceUuid>vCenter</instanceUuid>",
        "<instanceUuid>4f9d1c2e-0a0b-4c0d-8e0f-1020304050607</instanceUuid>", "<instanceUuid>4f9d1c2e",
        "<!DOCTYPE x [<!ENTITY e \"4f9d1c2e-0a0b-4c0d-8e0f-102030405060\">]><instanceUuid>&e;</instanceUuid>",
        "<instanceUuidOfAnother>4f9d1c2e-0a0b-4c0d-8e0f-102030405060</instanceUuidOfAnother>",
        "4f9d1c2e-0a0b-4c0d-8e0f-102030405060", "<instanceUuid>\u{1B}[2J</instanceUuid>",
    ])
    func `an invalid UUID is ignored`(element: String) {
        #expect(ServiceContent.instanceUUID(inXML: Array(Self.envelope(element).utf8)) == nil)
        #expect(ServiceContent.instanceUUID(inXML: Array(element.utf8)) == nil)
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["<", "<instanceUuid ", "<instanceUuid>", "a", ">", "<instanceUuid>a"])
    func `a hostile answer is scanned once`(part: String) {
        let body = Array(String(repeating: part, count: VCenterIdentityRequests.bodyLimit / part.utf8.count).utf8)
        // A scan that started again at each tag would take minutes.
        #expect(ServiceContent.instanceUUID(inXML: body) == nil)
    }

    @Test func `the UUID is read from JSON`() {
        func read(_ json: String) -> String? { ServiceContent.instanceUUID(inJSON: Array(json.utf8)) }
        #expect(
            read(#"{"about":{"instanceUuid":"4F9D1C2E-0A0B-4C0D-8E0F-102030405060","x":1},"rootFolder":{}}"#)
                == Self.uuid)
        for none in [
            "", "[]", "{}", #"{"about":null}"#, #"{"about":{"instanceUuid":7}}"#, #"{"about":{"instanceUuid":""}}"#,
            #"{"instanceUuid":"4f9d1c2e-0a0b-4c0d-8e0f-102030405060"}"#, "<html>",
        ] { #expect(read(none) == nil) }
    }
}
