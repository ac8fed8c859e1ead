import GuestCustomization

extension JSONWriter {
    /// The answer of `GET /api/vcenter/vm/{vm}`: every property that the API reference requires, so that clients that
    /// decode it into their own types can read it. Devices that nothing here depends on are left out.
    ///
    /// Servers and the official bindings write names in mixed case (`guest_OS`, `size_MiB`); the reference
    /// document has them in lower case.
    mutating func virtualMachine(_ entry: Estate.Entry) {
        let machine = entry.machine
        raw(#"{"name":"#)
        inventoryName(machine.name)
        raw(#","identity":{"name":"#)
        inventoryName(machine.name)
        raw(#","bios_uuid":"\#(machine.biosUUID)","instance_uuid":"\#(machine.instanceUUID)"},"power_state":"#)
        string(machine.powerState)
        raw(#","guest_OS":"#)
        string(entry.template.guestOS)
        raw(
            #","instant_clone_frozen":false,"hardware":{"version":"VMX_21","upgrade_policy":"NEVER","upgrade_status":"NONE"},"#
        )
        raw(
            #""boot":{"type":"BIOS","delay":0,"retry":false,"retry_delay":10000,"enter_setup_mode":false},"boot_devices":[],"#
        )
        raw(
            #""cpu":{"count":\#(machine.cpuCount),"cores_per_socket":1,"hot_add_enabled":false,"hot_remove_enabled":false},"#
        )
        raw(#""memory":{"size_MiB":\#(machine.memoryMiB),"hot_add_enabled":false}"#)
        let devices = [
            "disks", "nics", "cdroms", "floppies", "parallel_ports", "serial_ports", "sata_adapters", "scsi_adapters",
            "nvme_adapters",
        ]
        for kind in devices { raw(",\"\(kind)\":{}") }
        raw("}")
    }
}
