/// One of vCenter's events about a customization. Source: docs/vcenter-api.md, "Events".
package struct CustomizationEvent: Hashable, Sendable {
    /// Number of the event. It grows from event to event, until the vCenter is restored from a backup.
    package var key: Int64
    /// What happened.
    package var type: CustomizationEventType
    /// By the vCenter's clock; `nil` if it is not readable.
    package var createdAt: Timestamp?
    /// Who asked for it; `nil` if the vCenter did not say.
    package var userName: String?
    /// The VM; `nil` if the event names none.
    package var vm: EventVirtualMachine?
    /// Why it failed, in a word of vCenter's such as `customizationDisabled`; `nil` if it did not say.
    package var reason: String?
    /// The guest's log; `nil` if the vCenter did not say.
    package var logLocation: String?
    /// The event as text for people; `nil` if the vCenter sent none.
    package var message: String?
    /// The event's JSON as received.
    package var json: [UInt8]

    package init(
        key: Int64, type: CustomizationEventType, createdAt: Timestamp?, userName: String? = nil,
        vm: EventVirtualMachine?, reason: String? = nil, logLocation: String? = nil, message: String? = nil,
        json: [UInt8] = []
    ) {
        self.key = key
        self.type = type
        self.createdAt = createdAt
        self.userName = userName
        self.vm = vm
        self.reason = reason
        self.logLocation = logLocation
        self.message = message
        self.json = json
    }

    /// What distinguishes the event from all others of its vCenter, even after keys have been used again.
    package struct ID: Hashable, Sendable {
        /// Number of the event.
        package var key: Int64
        /// By the vCenter's clock; `nil` if it is not readable.
        package var createdAt: Timestamp?
        /// What happened.
        package var type: CustomizationEventType
        /// Managed object id of the VM; `nil` if the event names none.
        package var vm: String?
    }

    /// By which a reader recognises an event that it has read before.
    package var id: ID { ID(key: key, createdAt: createdAt, type: type, vm: vm?.id) }
}

/// A VM as an event names it.
package struct EventVirtualMachine: Hashable, Sendable {
    /// Managed object id; `nil` if the event has only a name.
    package var id: String?
    /// The name that the VM had at that time, as the server sent it.
    package var name: InventoryName?

    package init(id: String?, name: InventoryName?) {
        self.id = id
        self.name = name
    }
}
