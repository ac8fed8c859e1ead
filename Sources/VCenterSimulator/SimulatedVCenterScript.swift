import GuestCustomization

// How tests change, fix and query a running vCenter.

extension SimulatedVCenter {
    /// All VMs, in the order of listings.
    package var virtualMachines: [SimulatedVirtualMachine] { service.estate.entries.map(\.machine) }

    /// All hosts, in the order of listings.
    package var hosts: [SimulatedHost] { service.estate.hosts }

    /// All folders, in the order of listings.
    package var folders: [SimulatedFolder] { service.estate.folders }

    /// Registers a new VM under the next free id.
    @discardableResult
    package func addVirtualMachine(
        named name: String, powerState: String = "POWERED_ON", guest: GuestFamily = .linux
    ) -> SimulatedVirtualMachine {
        service.estate.add { id in
            var draws = SplitMix64(SplitMix64.key(service.options.seed, of: id), 3)
            return SimulatedVirtualMachine(
                id: id, name: name, powerState: powerState, guest: guest, host: draws.element(of: hosts),
                biosUUID: SimulatedVirtualMachine.uuid(drawing: &draws),
                instanceUUID: SimulatedVirtualMachine.uuid(drawing: &draws), cpuCount: 2, memoryMiB: 4096)
        }
    }

    /// Removes a VM; from now on it is not found.
    package func removeVirtualMachine(_ id: String) throws(NoSuchVirtualMachine) {
        guard service.estate.remove(id) != nil else { throw NoSuchVirtualMachine(id: id) }
    }

    /// Removes a VM and registers it again: a new id, the same instance UUID. Returns the VM as it is now.
    @discardableResult
    package func reregisterVirtualMachine(_ id: String) throws(NoSuchVirtualMachine) -> SimulatedVirtualMachine {
        guard let old = service.estate.remove(id) else { throw NoSuchVirtualMachine(id: id) }
        return service.estate.add { newID in
            SimulatedVirtualMachine(
                id: newID, name: old.name, powerState: old.powerState, guest: old.guest, host: old.host,
                biosUUID: old.biosUUID, instanceUUID: old.instanceUUID, cpuCount: old.cpuCount,
                memoryMiB: old.memoryMiB)
        }
    }

    /// Registers a new VM under the former id of another VM, like a vCenter restored from a backup.
    @discardableResult
    package func reuse(
        _ id: String, forVirtualMachineNamed name: String, guest: GuestFamily = .linux
    ) -> SimulatedVirtualMachine {
        service.estate.remove(id)
        var random = SystemRandomNumberGenerator()
        var draws = SplitMix64(random.next(), 7)
        let machine = SimulatedVirtualMachine(
            id: id, name: name, powerState: "POWERED_ON", guest: guest, host: draws.element(of: hosts),
            biosUUID: SimulatedVirtualMachine.uuid(drawing: &draws),
            instanceUUID: SimulatedVirtualMachine.uuid(drawing: &draws), cpuCount: 2, memoryMiB: 4096)
        service.estate.add(machine)
        return machine
    }

    /// Restores VMs with their former ids and removes all others, like restoring a backup of the vCenter.
    package func restore(_ machines: [SimulatedVirtualMachine]) {
        for machine in virtualMachines { service.estate.remove(machine.id) }
        for machine in machines { service.estate.add(machine) }
    }

    /// Changes its identity, like a vCenter rebuilt under the same address.
    package func setInstanceUUID(_ uuid: String) {
        service.instanceUUID.withLock { $0 = uuid }
    }

    /// Renames a VM; its id stays.
    package func renameVirtualMachine(_ id: String, to name: String) throws(NoSuchVirtualMachine) {
        try service.estate.change(id) { machine, _, _ in machine.name = name }
    }

    /// Moves a VM to another host, like vMotion.
    package func moveVirtualMachine(_ id: String, to host: SimulatedHost) throws(NoSuchVirtualMachine) {
        try service.estate.change(id) { machine, _, _ in machine.host = host }
    }

    /// Grants or revokes the account's privilege System.View on a VM. The VM stays in listings.
    package func setAccess(to id: String, isDenied: Bool) throws(NoSuchVirtualMachine) {
        try service.estate.change(id) { _, _, denied in denied = isDenied }
    }

    /// Fixes a VM's answer on an endpoint; `nil` returns to simulated customizations.
    package func setCustomization(
        _ info: CustomizationInfo?, of id: String, _ endpoint: Endpoint
    ) throws(NoSuchVirtualMachine) {
        let response = info.map { info in SimulatedResponse.ok { $0.customization(info, absence: .omitted) } }
        try service.estate.change(id) { _, scripted, _ in scripted[endpoint] = response }
    }

    /// Fixes the body of a VM's answer on an endpoint, well-formed or not.
    package func setCustomization(
        json: String, of id: String, _ endpoint: Endpoint
    ) throws(NoSuchVirtualMachine) {
        try service.estate.change(id) { _, scripted, _ in
            scripted[endpoint] = SimulatedResponse(status: 200, body: json)
        }
    }

    /// Fixes a VM's answer on both endpoints, whatever it is; `nil` returns to simulated customizations.
    package func setAnswer(_ response: SimulatedResponse?, of id: String) throws(NoSuchVirtualMachine) {
        try service.estate.change(id) { _, scripted, _ in
            for endpoint in Endpoint.polled { scripted[endpoint] = response }
        }
    }

    /// The state of a VM's simulated customizations at an instant; `nil` if there is no such VM.
    ///
    /// It depends only on the seed, the VM and the instant: a poll at that instant must have reported it.
    package func lastCustomization(
        of id: String, _ endpoint: Endpoint, at instant: Timestamp
    ) -> CustomizationInfo? {
        service.estate[id]?.habits[endpoint]?.lastCustomization(at: instant)
    }

    /// Makes matching requests meet a fault, `times` times, or always if that is `nil`.
    ///
    /// If several rules match, the one added first applies until it is used up.
    package func inject(
        _ fault: SimulatedFault, times: Int? = nil,
        when matches: @escaping @Sendable (SimulatedRequest) -> Bool = { _ in true }
    ) {
        service.faults.add(fault, times: times, when: matches)
    }

    /// Removes all rules of ``inject(_:times:when:)``.
    package func removeFaults() {
        service.faults.removeAll()
    }

    /// Ends every session now, as a restart of vCenter's endpoint service does.
    package func endAllSessions() {
        service.sessions.endAll()
    }

    /// The sessions that neither a client nor a timeout has ended.
    package var liveSessions: Int { service.sessions.count(at: service.options.clock()) }

    /// Every request so far with its proper answer if `Options.recordsExchanges` is set, otherwise none.
    package var exchanges: [SimulatedExchange] { service.exchanges?.all ?? [] }

    /// What has been received so far.
    package var activity: SimulatorActivity { service.activity.current }

    /// Returns once the activity satisfies a condition; throws `CancellationError` if the task is cancelled first.
    @discardableResult
    package func waitUntil(
        _ condition: @escaping @Sendable (SimulatorActivity) -> Bool
    ) async throws -> SimulatorActivity {
        try await service.activity.wait(until: condition)
    }
}
