import GuestCustomization

/// A vCenter's VI JSON API, once a release is agreed on.
struct VIClient: Sendable {
    let requests: VIRequests
    let content: VIContent
    /// Address, for messages.
    let server: String
    let now: @Sendable () -> Timestamp
    /// The session of its own that 8.0 U1 and U2 need; `nil` if it uses that of the REST API.
    var session: VCenterSession?

    func readEvents(
        _ types: [CustomizationEventType], since start: EventPosition,
        take: @escaping @Sendable (EventPage) async throws -> Void
    ) async throws {
        try await named("the events") {
            try await EventReading(requests: requests, content: content, types: types, now: now, take: take).read(
                since: start)
        }
    }

    func readAttributes(take: @escaping @Sendable (AttributePage) async throws -> Void) async throws {
        try await named("the inventory") {
            var places = InventoryPlaces()
            try await reading(InventoryPlaces.types, InventoryPlaces.paths).read { objects, _ in places.add(objects) }
            try await reading(["VirtualMachine"], VirtualMachineAttributes.paths).read { [places] objects, _ in
                var missing: [String: Int] = [:]
                for fault in objects.flatMap(\.missing) { missing[fault, default: 0] += 1 }
                try await take(
                    AttributePage(
                        virtualMachines: objects.map { VirtualMachineAttributes($0, in: places) }, missing: missing))
            }
        }
    }

    func readCustomizations(take: @escaping @Sendable (BulkPage) async throws -> Void) async throws {
        try await named("the customizations") {
            try await reading(["VirtualMachine"], [BulkCustomization.path]).read { objects, sentAt in
                try await take(BulkPage(objects.map(BulkCustomization.init), sentAt: sentAt))
            }
        }
    }

    private func reading(_ types: [String], _ paths: [String]) -> PropertyReading {
        PropertyReading(requests: requests, content: content, types: types, paths: paths)
    }

    private func named(_ what: String, _ read: () async throws -> Void) async throws {
        do {
            try await read()
        } catch let error as VIError {
            if case .unanswered(let fault) = error, fault.kind == .cancelled { throw CancellationError() }
            throw error.error(doing: what, at: server)
        }
    }
}
