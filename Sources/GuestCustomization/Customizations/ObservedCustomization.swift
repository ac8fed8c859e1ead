/// What the polls about one customization add up to; all but its status word and error, which the latest answer holds.
public struct ObservedCustomization: Hashable, Sendable {
    public private(set) var identity: CustomizationIdentity
    public private(set) var outcome: CustomizationOutcome
    /// By the server's clock, as the latest answer had it.
    public private(set) var startTime: Timestamp?
    /// By the server's clock, as the latest answer had it.
    public private(set) var endTime: Timestamp?
    /// The poll that first showed it succeeded or failed, if it has stayed so since.
    public private(set) var endFirstPolledAt: Timestamp?
    public let firstPolledAt: Timestamp
    public private(set) var lastPolledAt: Timestamp
    /// How many polls showed it.
    public private(set) var polls: Int

    /// Takes up one that was observed before.
    public init(
        identity: CustomizationIdentity, outcome: CustomizationOutcome, startTime: Timestamp?, endTime: Timestamp?,
        endFirstPolledAt: Timestamp?, firstPolledAt: Timestamp, lastPolledAt: Timestamp, polls: Int
    ) {
        self.identity = identity
        self.outcome = outcome
        self.startTime = startTime
        self.endTime = endTime
        self.endFirstPolledAt = endFirstPolledAt
        self.firstPolledAt = firstPolledAt
        self.lastPolledAt = lastPolledAt
        self.polls = polls
    }

    /// The first poll about it.
    public init(
        identity: CustomizationIdentity, outcome: CustomizationOutcome, startTime: Timestamp?, endTime: Timestamp?,
        firstPolledAt: Timestamp
    ) {
        self.init(
            identity: identity, outcome: outcome, startTime: startTime, endTime: endTime,
            endFirstPolledAt: outcome.isFinished ? firstPolledAt : nil, firstPolledAt: firstPolledAt,
            lastPolledAt: firstPolledAt, polls: 1)
    }

    /// A later poll about it: all but the counts and the first poll is what the latest answer says, also after it was lost.
    public mutating func see(
        _ outcome: CustomizationOutcome, startTime: Timestamp?, endTime: Timestamp?, at polledAt: Timestamp
    ) {
        if !outcome.isFinished {
            endFirstPolledAt = nil
        } else if !self.outcome.isFinished {
            endFirstPolledAt = polledAt
        }
        self.outcome = outcome
        self.startTime = startTime
        self.endTime = endTime
        seeUnchanged(at: polledAt)
    }

    /// An answer has shown times of one that had none.
    public mutating func identify(as identity: CustomizationIdentity) {
        self.identity = identity
    }

    /// A later poll about it, whose answer was the one before.
    public mutating func seeUnchanged(at polledAt: Timestamp) {
        lastPolledAt = polledAt
        polls += 1
    }

    /// The VM answered another customization, or none, or is gone: one that was going on ended unseen.
    public mutating func leave() {
        if outcome.isUnfinished { outcome = .lost }
    }

    /// The instant that places it in a window (definition 3): its end, or the latest poll that showed it.
    public var windowInstant: Timestamp {
        outcome.isFinished ? endTime ?? endFirstPolledAt ?? lastPolledAt : lastPolledAt
    }
}
