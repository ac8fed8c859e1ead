import GuestCustomization

extension VIMService {
    func eventManager(_ call: Call) throws(VIFault) -> VIValue? {
        switch call.member {
        case "QueryEvents":
            let filter = try EventFilter(call.arguments["filter"])
            guard let view = call.arguments["eventViewSpec"] else { return .list(latest(filter, at: call.now)) }
            guard version.hasEventView else { throw .invalidRequest }
            return .list(try events(filter, view, at: call.now))
        case "CreateCollectorForEvents":
            let filter = try EventFilter(call.arguments["filter"])
            let place = log.place(afterKey: nil, from: filter.first, at: call.now)
            let id = Self.newID()
            try objects.with(call.session) { (owned) throws(VIFault) in
                guard owned.collectors.count < SessionObjects.maximumCollectors else { throw .invalidState }
                owned.collectors[id] = SessionObjects.Collector(filter: filter, place: place)
            }
            return .reference(VIReference(type: "EventHistoryCollector", id: id))
        case "maxCollector": return .integer(SessionObjects.maximumCollectors)
        case "latestEvent":
            let end = log.end(at: call.now)
            let newest = log.read(from: end, forward: false, count: 1, at: call.now, where: isVisible).records.first
            return newest?.event(user: options.user).value(withMessage: true)
        default: throw .notSupported
        }
    }

    /// A page by `EventManagerViewByStartId`: keys greater (or, backwards, smaller) than the one given.
    private func events(_ filter: EventFilter, _ view: VIArgument, at now: Timestamp) throws(VIFault) -> [VIValue] {
        guard try view.string("_typeName") == "EventManagerViewByStartId",
            let key = try view.integer("startEventId"), let isForward = try view.boolean("isForward")
        else { throw .invalidArgument("eventViewSpec") }
        let place =
            isForward ? log.place(afterKey: key, from: filter.first, at: now) : log.end(at: now)
        let found = log.read(from: place, forward: isForward, count: filter.maximumCount, at: now) { record in
            (isForward ? record.key > key : record.key < key) && filter.matches(record)
        }
        return values(found.records, filter)
    }

    /// Without a view: the newest that match, oldest first.
    private func latest(_ filter: EventFilter, at now: Timestamp) -> [VIValue] {
        let found = log.read(
            from: log.end(at: now), forward: false, count: filter.maximumCount, at: now, where: filter.matches)
        return values(found.records.reversed(), filter)
    }

    /// Those that the account may not see have been counted, so that a page may have fewer events than there are, or none
    /// (vmware/govmomi issue 3450).
    private func values(_ records: [EventRecord], _ filter: EventFilter) -> [VIValue] {
        records.filter(isVisible).map { $0.event(user: options.user).value(withMessage: filter.hasMessages) }
    }

    /// Whether the account has System.View on the event's VM.
    private func isVisible(_ record: EventRecord) -> Bool {
        record.vmID.flatMap { estate[$0] }.map { !$0.isDenied } ?? true
    }

    func collector(_ call: Call) throws(VIFault) -> VIValue? {
        let id = call.object.id
        let found = try objects.with(call.session) { (owned) throws(VIFault) in owned.collectors[id] }
        guard var collector = found else { throw .notFound(call.object) }
        let filter = collector.filter
        var answer: VIValue?
        switch call.member {
        case "ReadNextEvents", "ReadPreviousEvents":
            let count = try EventFilter.count(call.arguments.integer("maxCount"), "maxCount")
            let found = log.read(
                from: collector.place, forward: call.member == "ReadNextEvents", count: count, at: call.now,
                where: filter.matches)
            collector.place = found.next
            answer = .list(values(found.records, filter))
        case "RewindCollector":
            collector.place = log.place(afterKey: nil, from: filter.first, at: call.now)
        case "ResetCollector": collector.place = log.end(at: call.now)
        case "SetCollectorPageSize": _ = try EventFilter.count(call.arguments.integer("maxCount"), "maxCount")
        case "latestPage": answer = .list(latest(filter, at: call.now).reversed())
        case "initialized" where version.sharesSessions: answer = .boolean(true)
        case "DestroyCollector": break
        default: throw .notSupported
        }
        let moved = call.member == "DestroyCollector" ? nil : collector
        try objects.with(call.session) { (owned) throws(VIFault) in owned.collectors[id] = moved }
        return answer
    }
}
