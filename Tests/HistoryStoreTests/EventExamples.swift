import GuestCustomization

@testable import HistoryStore

extension CustomizationEvent {
    static func started(_ key: Int64, _ vm: String, at seconds: Double) -> CustomizationEvent {
        example(key, .started, vm, seconds)
    }

    static func succeeded(_ key: Int64, _ vm: String, at seconds: Double) -> CustomizationEvent {
        example(key, .succeeded, vm, seconds)
    }

    static func failed(_ key: Int64, _ vm: String, at seconds: Double) -> CustomizationEvent {
        example(key, .failed, vm, seconds)
    }

    private static func example(
        _ key: Int64, _ type: CustomizationEventType, _ vm: String, _ seconds: Double
    ) -> CustomizationEvent {
        let json = """
            {"_typeName":"\(type.rawValue)","key":\(key),"at":\(seconds),"userName":"admin","vm":{"vm":{"value":"\(vm)"}},"host":{"name":"esx-1"}}
            """
        return CustomizationEvent(
            key: key, type: type, createdAt: .epoch(seconds), userName: "admin",
            vm: EventVirtualMachine(id: vm, name: InventoryName(raw: "name of \(vm)")), message: "it failed",
            json: Array(json.utf8))
    }
}

extension CustomizationEvent.ID {
    init(_ key: Int64, _ vm: String, at seconds: Double) {
        self = CustomizationEvent.started(key, vm, at: seconds).id
    }
}

extension Answer {
    /// A reported status; times in seconds since 1970.
    static func reported(_ status: CustomizationStatus, start: Double?, end: Double?) -> Answer {
        Answer(
            result: .reported, httpStatus: 200,
            info: CustomizationInfo(
                status: status, startTime: start.map { .epoch($0) }, endTime: end.map { .epoch($0) }))
    }
}

extension TemporaryHistory {
    /// One reading of events that are all new.
    @discardableResult
    func read(at start: Timestamp, vCenter: String = "vc", _ events: [CustomizationEvent]) async throws
        -> CollectionRunID
    {
        let run = try await database.beginRun(vCenter: vCenter, endpoint: .events, at: start)
        let progress = EventProgress(
            cursor: EventPosition(key: events.last?.key, time: events.last?.createdAt), completeSince: nil,
            readAt: start)
        try await database.append(events, progress, to: run)
        try await database.record(progress, of: vCenter)
        try await database.finishRun(run, as: CollectionRunEnd(outcome: .complete, finishedAt: start))
        return run
    }

    /// The customizations that a report on some endpoints counts.
    func counted(among endpoints: [Endpoint]) throws -> [Customization] {
        var tally = Everything()
        try database.addCustomizations(
            since: .epoch(0), matching: ReportFilter(endpoints: endpoints), to: &tally)
        return tally.all
    }

    private struct Everything: CustomizationTally {
        var all: [Customization] = []

        mutating func add(_ customization: Customization) { all.append(customization) }

        mutating func addSuccess(
            of vm: CustomizedVM, endpoint: Endpoint, at end: Timestamp, durationSeconds: Double?
        ) {
            all.append(
                Customization(
                    of: vm, endpoint: endpoint, outcome: .succeeded, status: .succeeded,
                    startTime: durationSeconds.map { end.advanced(bySeconds: -$0) }, endTime: end,
                    endFirstPolledAt: nil, firstPolledAt: end, lastPolledAt: end, polls: 0, errorID: nil,
                    errorMessage: nil))
        }
    }
}
