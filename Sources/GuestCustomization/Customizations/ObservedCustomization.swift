/// What the polls about one customization add up to; all but its status word and error, which the latest answer holds.
package struct ObservedCustomization: Hashable, Sendable {
    package private(set) var identity: CustomizationIdentity
    package private(set) var outcome: CustomizationOutcome
    /// By the server's clock, as the latest answer had it.
    package private(set) var startTime: Timestamp?
    /// By the server's clock, as the latest answer had it.
    package private(set) var endTime: Timestamp?
    /// The poll that first showed it succeeded or failed, if it has stayed so since.
    package private(set) var endFirstPolledAt: Timestamp?
    package let firstPolledAt: Timestamp
    package private(set) var lastPolledAt: Timestamp
    /// How many polls showed it.
    package private(set) var polls: Int

    /// Takes up one that was observed before.
    package init(
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
    package init(
        identity: CustomizationIdentity, outcome: CustomizationOutcome, startTime: Timestamp?, endTime: Timestamp?,
        firstPolledAt: Timestamp
    ) {
        self.init(
            identity: identity, outcome: outcome, startTime: startTime, endTime: endTime,
            endFirstPolledAt: outcome.isFinished ? firstPolledAt : nil, firstPolledAt: firstPolledAt,
            lastPolledAt: firstPolledAt, polls: 1)
    }

    /// A later poll about it: all but the counts and the first poll is what the latest answer says, also after it was lost.
    package mutating func see(
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
    package mutating func identify(as identity: CustomizationIdentity) {
        self.identity = identity
    }

    /// A later poll about it, whose answer was the one before.
    package mutating func seeUnchanged(at polledAt: Timestamp) {
        lastPolledAt = polledAt
        polls += 1
    }

    /// The VM answered another customization, or none, or is gone: one that was going on ended unseen.
    package mutating func leave() {
        if outcome.isUnfinished { outcome = .lost }
    }

    /// The instant that places it in a window (definition 3): its end, or the latest poll that showed it.
    package var windowInstant: Timestamp {
        outcome.isFinished ? endTime ?? endFirstPolledAt ?? lastPolledAt : lastPolledAt
    }
}
