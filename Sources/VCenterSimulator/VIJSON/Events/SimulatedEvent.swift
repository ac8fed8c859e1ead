import GuestCustomization

/// An event of a simulated vCenter.
package struct SimulatedEvent: Sendable {
    /// Such as `CustomizationSucceeded`.
    package var type: String
    /// `nil`: the next one.
    package var key: Int?
    /// By vCenter's clock.
    package var createdTime: Timestamp
    /// Who asked; empty for what nobody asked.
    package var userName = ""
    /// The VM's managed object id and the name it had; `nil`: the event has no VM.
    package var vm: (id: String, name: String)?
    /// Where the VM was; `nil`: the event does not say.
    package var host: SimulatedHost?
    /// Sent only to clients that ask for messages.
    package var message: String?
    /// Where the guest's log is.
    package var logLocation: String?
    /// Of `CustomizationFailed`, such as `customizationDisabled`.
    package var reason: String?
    /// What a VM was cloned (`VmClonedEvent`) or deployed from (`VmDeployedEvent`).
    package var source: (id: String, name: String)?
    /// The whole event as JSON, well-formed or not, in place of all else but the type and the time.
    package var json: String?

    /// - Parameter key: `nil`: the next one.
    package init(
        _ type: String, key: Int? = nil, at createdTime: Timestamp, vm: (id: String, name: String)?,
        message: String? = nil
    ) {
        self.type = type
        self.key = key
        self.createdTime = createdTime
        self.vm = vm
        self.message = message
    }

    /// The event as the API has it; its members are in the order of the declaration.
    func value(withMessage: Bool) -> VIValue {
        if let json { return .json(json) }
        func entity(_ type: String, _ member: String, _ name: String, _ reference: String, _ id: String) -> VIValue {
            .structure(type, [("name", .name(name)), (member, .reference(VIReference(type: reference, id: id)))])
        }
        var members: [(name: String, value: VIValue)] = [
            ("key", .integer(key ?? 0)), ("chainId", .integer(key ?? 0)), ("createdTime", .date(createdTime)),
            ("userName", .string(userName)),
        ]
        if let host {
            members += [
                (
                    "datacenter",
                    entity(
                        "DatacenterEventArgument", "datacenter", host.datacenterName, "Datacenter", host.datacenter)
                ),
                (
                    "computeResource",
                    entity(
                        "ComputeResourceEventArgument", "computeResource", host.clusterName, "ClusterComputeResource",
                        host.cluster)
                ), ("host", entity("HostEventArgument", "host", host.name, "HostSystem", host.id)),
            ]
        }
        if let vm { members.append(("vm", entity("VmEventArgument", "vm", vm.name, "VirtualMachine", vm.id))) }
        if withMessage, let message { members.append(("fullFormattedMessage", .string(message))) }
        members.append(("template", .boolean(false)))
        if let logLocation { members.append(("logLocation", .string(logLocation))) }
        if let reason { members.append(("reason", .string(reason))) }
        if type == "CustomizationSysprepFailed" {
            members += [("sysprepVersion", .string("10.0")), ("systemVersion", .string("10.0.20348"))]
        }
        if let source {
            let member = type == "VmClonedEvent" ? "sourceVm" : "srcTemplate"
            members.append((member, entity("VmEventArgument", "vm", source.name, "VirtualMachine", source.id)))
        }
        return .structure(type, members)
    }
}
