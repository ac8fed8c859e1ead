import GuestCustomization

extension VirtualMachineAttributes {
    static let paths = [
        "name", "config.instanceUuid", "config.template", "config.guestFullName", "guest.guestFullName",
        "guest.toolsVersion", "guest.toolsRunningStatus", "runtime.host", "parent",
    ]

    /// What the property collector says about a VM; what is missing or of another type stays `nil`.
    init(_ wire: WireProperties, in places: InventoryPlaces) {
        self.init(vm: wire.object.id)
        name = wire.text("name").map(InventoryName.init(raw:))
        instanceUUID = wire.text("config.instanceUuid")?.lowercased()
        isTemplate = wire.bool("config.template")
        guestOS = wire.text("guest.guestFullName") ?? wire.text("config.guestFullName")
        toolsVersion = wire.text("guest.toolsVersion")
        toolsStatus = wire.text("guest.toolsRunningStatus")
        places.place(&self, host: wire.reference("runtime.host"), folder: wire.reference("parent"))
    }
}

extension BulkCustomization {
    static let path = "guest.customizationInfo"
    private static let prefix = "TOOLSDEPLOYPKG_"

    /// What the property collector says about a VM's last customization.
    init(_ wire: WireProperties) {
        self.init(vm: wire.object.id, info: nil)
        guard let value = wire[Self.path], let word = value["customizationStatus"]?.string, !word.isEmpty,
            word.utf8.count <= 256
        else { return }
        let status = word.hasPrefix(Self.prefix) ? String(word.dropFirst(Self.prefix.count)) : word
        info = CustomizationInfo(
            status: CustomizationStatus(rawValue: status),
            startTime: value["startTime"]?.string.flatMap(Timestamp.init(rfc3339:)),
            endTime: value["endTime"]?.string.flatMap(Timestamp.init(rfc3339:)),
            error: value["errorMsg"]?.string.flatMap { $0.isEmpty ? nil : .text($0) })
        body = wire.raw(Self.path)
    }
}
