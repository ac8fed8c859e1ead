/// What a vCenter reports about itself to anyone: in JSON from 8.0 U1 on, by SOAP in every release.
struct ServiceContent {
    let instanceUUID: String
    let apiVersion: String

    private var value: VIValue {
        func reference(_ type: String, _ id: String) -> VIValue { .reference(VIReference(type: type, id: id)) }
        let about = VIValue.structure(
            "AboutInfo",
            [
                ("name", .string("VMware vCenter Server")),
                ("fullName", .string("VMware vCenter Server \(apiVersion) build-24755230")),
                ("vendor", .string("VMware, Inc.")), ("version", .string(apiVersion)), ("build", .string("24755230")),
                ("osType", .string("linux-x64")), ("productLineId", .string("vpx")),
                ("apiType", .string("VirtualCenter")), ("apiVersion", .string(apiVersion)),
                ("instanceUuid", .string(instanceUUID)),
            ])
        return .structure(
            "ServiceContent",
            [
                ("rootFolder", reference("Folder", "group-d1")),
                ("propertyCollector", reference("PropertyCollector", "propertyCollector")),
                ("viewManager", reference("ViewManager", "ViewManager")), ("about", about),
                ("sessionManager", reference("SessionManager", "SessionManager")),
                ("eventManager", reference("EventManager", "EventManager")),
            ])
    }

    var json: SimulatedResponse { .ok { $0.value(value) } }

    /// The body of SOAP's answer.
    var xml: String {
        var xml = XMLWriter()
        xml.raw("<RetrieveServiceContentResponse xmlns=\"urn:vim25\">")
        xml.element("returnval", value)
        xml.raw("</RetrieveServiceContentResponse>")
        return xml.text
    }
}
