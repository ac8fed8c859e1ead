/// What a vCenter reports about itself to anyone: in JSON from 8.0 U1 on, by SOAP in every release.
struct ServiceContent {
    let instanceUUID: String
    let apiVersion: String
    let release: APIVersion

    private var fullName: String { "VMware vCenter Server \(apiVersion) build-24755230" }

    var json: SimulatedResponse {
        .ok { json in
            json.raw(#"{"_typeName":"ServiceContent","rootFolder":"#)
            json.reference("Folder", "group-d1")
            json.raw(#","propertyCollector":"#)
            json.reference("PropertyCollector", "propertyCollector")
            json.raw(#","viewManager":"#)
            json.reference("ViewManager", "ViewManager")
            json.raw(#","about":{"_typeName":"AboutInfo","name":"VMware vCenter Server","fullName":"#)
            json.string(fullName)
            json.raw(#","vendor":"VMware, Inc.","version":"#)
            json.string(apiVersion)
            json.raw(
                #","build":"24755230","osType":"linux-x64","productLineId":"vpx","apiType":"VirtualCenter","apiVersion":"#
            )
            json.string(apiVersion)
            json.raw(#","instanceUuid":"#)
            json.string(instanceUUID)
            json.raw(#"},"sessionManager":"#)
            json.reference("SessionManager", "SessionManager")
            json.raw(#","eventManager":"#)
            json.reference("EventManager", "EventManager")
            json.raw("}")
        }
    }

    /// Any request other than RetrieveServiceContent gets a fault.
    func answer(toSOAP request: [UInt8]) -> SimulatedResponse {
        let isKnown = String(decoding: request, as: UTF8.self).contains("RetrieveServiceContent")
        let body =
            isKnown
            ? """
            <RetrieveServiceContentResponse xmlns="urn:vim25"><returnval><rootFolder type="Folder">group-d1</rootFolder>\
            <propertyCollector type="PropertyCollector">propertyCollector</propertyCollector>\
            <viewManager type="ViewManager">ViewManager</viewManager><about><name>VMware vCenter Server</name>\
            <fullName>\(fullName.xmlEscaped)</fullName><vendor>VMware, Inc.</vendor><version>\(apiVersion.xmlEscaped)</version>\
            <build>24755230</build><osType>linux-x64</osType><productLineId>vpx</productLineId><apiType>VirtualCenter</apiType>\
            <apiVersion>\(apiVersion.xmlEscaped)</apiVersion><instanceUuid>\(instanceUUID.xmlEscaped)</instanceUuid></about>\
            <sessionManager type="SessionManager">SessionManager</sessionManager></returnval></RetrieveServiceContentResponse>
            """
            : """
            <soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>Unable to resolve WSDL method name</faultstring>\
            </soapenv:Fault>
            """
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
            status: isKnown ? 200 : 500, headers: [("Content-Type", "text/xml; charset=utf-8")], body: envelope)
    }
}

extension JSONWriter {
    fileprivate mutating func reference(_ type: String, _ value: String) {
        raw(#"{"_typeName":"ManagedObjectReference","type":"\#(type)","value":"\#(value)"}"#)
    }
}

extension String {
    fileprivate var xmlEscaped: String {
        replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
