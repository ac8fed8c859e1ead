/// What tells one customization of a VM and endpoint from another (definition 1 of docs/design.md §2).
package enum CustomizationIdentity: Hashable, Sendable {
    /// The server gave a start.
    case startTime(Timestamp)
    /// The server left the start out and gave an end.
    case endTime(Timestamp)
    /// The server has left both out so far: one unbroken row of such answers, known by the run of its first poll.
    case firstPoll(CollectionRunID)

    /// The identity that the times in an answer give it; `nil` if it has none.
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
