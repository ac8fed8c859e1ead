/// One run of a customization inside a guest, as the polls showed it.
package struct Customization: Hashable, Sendable {
    /// The VM on which it ran.
    package var vm: CustomizedVM
    /// The endpoint that reported it.
    package var endpoint: Endpoint
    /// How it ended, or that it is under way.
    package var outcome: CustomizationOutcome
    /// The vCenter's word in the latest answer about it.
    package var status: CustomizationStatus
    /// By the server's clock, as the latest answer had it.
    package var startTime: Timestamp?
    /// By the server's clock, as the latest answer had it.
    package var endTime: Timestamp?
    /// The poll that first showed that it had succeeded or failed; `nil` for any other outcome.
    package var endFirstPolledAt: Timestamp?
    /// The first poll that showed it.
    package var firstPolledAt: Timestamp
    /// The latest poll that showed it.
    package var lastPolledAt: Timestamp
    /// The latest poll that the vCenter answered, such as that VMware Tools is not running, if it is under way but the VM's latest
    /// answer does not show it. A refusal for lack of privileges is none: it tells nothing about the VM.
    package var unheardUntil: Timestamp?
    /// How many polls showed it.
    package var polls: Int
    /// Identifier of its error; `nil` if the vCenter sent none.
    package var errorID: String?
    /// Text of its error; `nil` if the vCenter sent no error.
    package var errorMessage: String?
    /// The same message in English; `nil` where it equals `errorMessage`.
    package var untranslatedError: String?
    /// What vCenter's events add; `nil` if they do not tell of it, or it was not requested.
    package var told: ToldByEvents?

    /// What vCenter's events say about a customization.
    package struct ToldByEvents: Hashable, Sendable {
        /// Who asked for it; `nil` if no event says so.
        package var userName: String?
        /// The guest's log; `nil` if no event says so.
        package var logLocation: String?
        /// The endpoint at which the same customization was seen too; `nil` if at none.
        package var alsoSeenAt: Endpoint?

        package init(userName: String?, logLocation: String?, alsoSeenAt: Endpoint?) {
            self.userName = userName
            self.logLocation = logLocation
            self.alsoSeenAt = alsoSeenAt
        }
    }

    package init(
        of vm: CustomizedVM, endpoint: Endpoint, outcome: CustomizationOutcome, status: CustomizationStatus,
        startTime: Timestamp?, endTime: Timestamp?, endFirstPolledAt: Timestamp?, firstPolledAt: Timestamp,
        lastPolledAt: Timestamp, polls: Int, errorID: String?, errorMessage: String?,
        untranslatedError: String? = nil
    ) {
        self.vm = vm
        self.endpoint = endpoint
        self.outcome = outcome
        self.status = status
        self.startTime = startTime
        self.endTime = endTime
        self.endFirstPolledAt = endFirstPolledAt
        self.firstPolledAt = firstPolledAt
        self.lastPolledAt = lastPolledAt
        self.polls = polls
        self.errorID = errorID
        self.errorMessage = errorMessage
        self.untranslatedError = untranslatedError
    }

    /// When a succeeded or failed customization ended: the server's `end_time`, else the poll that first showed the end.
    package var endedAt: Timestamp? {
        outcome.isFinished ? endTime ?? endFirstPolledAt : nil
    }

    /// The instant that decides which window it belongs to (definition 3): its end, or the latest poll that showed it.
    package var windowInstant: Timestamp { endedAt ?? lastPolledAt }

    /// `end_time − start_time` in seconds, if it finished and has both; negative if the server's clock went back.
    package var durationSeconds: Double? {
        guard outcome.isFinished, let startTime, let endTime else { return nil }
        return endTime.seconds(since: startTime)
    }
}
