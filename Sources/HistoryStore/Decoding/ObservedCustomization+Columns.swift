import GuestCustomization

extension ObservedCustomization {
    /// Reads the columns `identity_basis`, `identity_value`, `outcome`, `start_ms`, `end_ms`, `end_first_polled_ms`, `first_polled_ms`,
    /// `last_polled_ms` and `polls`, which begin at `index`.
    init(_ row: StatementColumns, from index: CInt) throws {
        self.init(
            identity: try row.identity(index), outcome: try row.word(index + 2),
            startTime: try row.timestampOrNull(index + 3), endTime: try row.timestampOrNull(index + 4),
            endFirstPolledAt: try row.timestampOrNull(index + 5), firstPolledAt: try row.timestamp(index + 6),
            lastPolledAt: try row.timestampOrNull(index + 7), polls: try row.count(index + 8))
    }
}

extension StatementColumns {
    /// Reads the columns `identity_basis` and `identity_value`, which begin at `index`.
    func identity(_ index: CInt) throws -> CustomizationIdentity {
        switch try text(index) {
        case "start_time": .startTime(try timestamp(index + 1))
        case "end_time": .endTime(try timestamp(index + 1))
        case "first_poll": .firstPoll(CollectionRunID(rawValue: try id(index + 1)))
        default: throw StoredValueFault(complaint: Self.unknownWord)
        }
    }

    /// Reads the same columns and returns `identity_value`: for a customization that events tell of, the row of its first event.
    func identityValue(_ index: CInt) throws -> Int64 {
        isText(index, "event") ? try id(index + 1) : try identity(index).stored.value
    }
}

extension CustomizationIdentity {
    /// The columns `identity_basis` and `identity_value`.
    var stored: (basis: String, value: Int64) {
        switch self {
        case .startTime(let start): ("start_time", start.unixMilliseconds)
        case .endTime(let end): ("end_time", end.unixMilliseconds)
        case .firstPoll(let run): ("first_poll", run.rawValue)
        }
    }
}
