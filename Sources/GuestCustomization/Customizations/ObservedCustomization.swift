/// The polls about one customization, summed up; without its status word and error, which are in the latest answer.
package struct ObservedCustomization: Hashable, Sendable {
    /// What distinguishes it from others of its VM and endpoint.
    package private(set) var identity: CustomizationIdentity
    /// Its outcome by the latest answer about it, or lost.
    package private(set) var outcome: CustomizationOutcome
    /// By the server's clock, as the latest answer had it.
    package private(set) var startTime: Timestamp?
    /// By the server's clock, as the latest answer had it.
    package private(set) var endTime: Timestamp?
    /// The poll that first showed that it had succeeded or failed, if that has not changed since.
    package private(set) var endFirstPolledAt: Timestamp?
    /// The first poll that showed it.
    package let firstPolledAt: Timestamp
    /// The latest poll that showed it; `nil` while the VM's latest answer shows it, because then each poll does.
    package private(set) var lastPolledAt: Timestamp?
    /// How many polls showed it, without those since the VM's latest answer if that shows it.
    package private(set) var polls: Int

    /// Restores one that was observed before.
    package init(
        identity: CustomizationIdentity, outcome: CustomizationOutcome, startTime: Timestamp?, endTime: Timestamp?,
        endFirstPolledAt: Timestamp?, firstPolledAt: Timestamp, lastPolledAt: Timestamp?, polls: Int
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

    /// A customization as its first poll shows it.
    package init(
        identity: CustomizationIdentity, outcome: CustomizationOutcome, startTime: Timestamp?, endTime: Timestamp?,
        firstPolledAt: Timestamp
    ) {
        self.init(
            identity: identity, outcome: outcome, startTime: startTime, endTime: endTime,
            endFirstPolledAt: outcome.isFinished ? firstPolledAt : nil, firstPolledAt: firstPolledAt,
            lastPolledAt: nil, polls: 0)
    }

    /// Whether the VM's latest answer shows it.
    package var isShown: Bool { lastPolledAt == nil }

    /// Records a new answer about it. The latest answer decides everything except the counts and the first poll, even after it was lost.
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
        lastPolledAt = nil
    }

    /// Records that an answer has shown times where there were none.
    package mutating func identify(as identity: CustomizationIdentity) {
        self.identity = identity
    }

    /// Records that the answer that showed it is no longer the latest, or that the VM is gone.
    ///
    /// - Parameters:
    ///   - polls: How many polls got that answer in succession.
    ///   - lastPolledAt: The last of them.
    package mutating func endAnswer(polls: Int, lastPolledAt: Timestamp) {
        self.polls += polls
        self.lastPolledAt = lastPolledAt
    }

    /// Records that the VM reported another customization or none, or is gone: one that was under way is now lost.
    package mutating func leave() {
        if outcome.isUnfinished { outcome = .lost }
    }

    /// The instant that places it in a window (definition 3): its end, or the latest poll that showed it; `nil` if that is the VM's latest
    /// poll, whichever it is.
    package var windowInstant: Timestamp? {
        outcome.isFinished ? endTime ?? endFirstPolledAt ?? lastPolledAt : lastPolledAt
    }
}
