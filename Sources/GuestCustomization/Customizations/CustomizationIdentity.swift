/// What distinguishes one customization of a VM and endpoint from another (definition 1 of docs/design.md §2).
package enum CustomizationIdentity: Hashable, Sendable {
    /// The server reported a start.
    case startTime(Timestamp)
    /// The server left out the start and reported an end.
    case endTime(Timestamp)
    /// The server has left out both so far: one unbroken sequence of such answers, identified by the run of its first poll.
    case firstPoll(CollectionRunID)

    /// The identity by the times in an answer; `nil` if there are none.
    init?(timesOf info: CustomizationInfo) {
        if let start = info.startTime {
            self = .startTime(start)
        } else if let end = info.endTime {
            self = .endTime(end)
        } else {
            return nil
        }
    }

    var isTimeless: Bool {
        if case .firstPoll = self { true } else { false }
    }
}
