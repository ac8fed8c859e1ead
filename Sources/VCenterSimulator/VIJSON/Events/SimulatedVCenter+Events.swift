import GuestCustomization

// How tests change and query the events and properties of a running vCenter.

extension SimulatedVCenter {
    /// What makes customizations fail, if `Options.suspect` asks for it.
    package var suspect: PlantedSuspect? { service.estate.suspect }

    /// Writes an event after all others, whatever its key and time are. Returns its key.
    @discardableResult
    package func append(_ event: SimulatedEvent) -> Int {
        service.vim.log.append(event, at: service.options.clock())
    }

    /// All events that are kept, oldest first, as VI JSON tells them to an account that sees everything.
    package var events: [SimulatedEvent] {
        service.vim.log.read(from: 0, count: .max, at: service.options.clock()) { _ in true }.records.map {
            $0.event(user: user)
        }
    }

    /// Forgets the events after a time; the next ones get the keys that those had, like a vCenter restored from a backup.
    package func restoreEvents(to time: Timestamp) {
        service.vim.log.restore(to: time, at: service.options.clock())
    }

    /// Lets all event collectors vanish, as those that have not been used for a while.
    package func removeCollectors() {
        service.vim.objects.removeCollectors()
    }

    /// Event collectors that no client has destroyed and whose session is open.
    package var liveCollectors: Int {
        service.removeEndedSessionObjects()
        return service.vim.objects.collectorCount
    }

    /// Views that no client has destroyed and whose session is open.
    package var liveViews: Int {
        service.removeEndedSessionObjects()
        return service.vim.objects.viewCount
    }

    /// Answers NotAuthenticated for the properties of these objects only, as for a session that idled for long.
    package func setUnauthenticated(_ ids: Set<String>) {
        service.vim.script.withLock { $0.unauthenticated = ids }
    }

    /// Fixes a property's value as JSON, well-formed or not; `nil` returns to the proper value.
    package func setProperty(_ path: String, of id: String, json: String?) {
        service.vim.script.withLock { $0.properties[id, default: [:]][path] = json }
    }
}
