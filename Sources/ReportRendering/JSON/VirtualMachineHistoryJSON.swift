import Foundation
import GuestCustomization

/// One VM's history as JSON, format `customization-history/vm/1`. Scripts rely on it: its keys and their order are fixed.
///
/// Times are RFC 3339 in UTC with milliseconds, durations are in seconds, unknown values are `null`.
package struct VirtualMachineHistoryJSON: Sendable {
    package init() {}

    /// The whole document, ending with a line break.
    package func render(_ history: VirtualMachineHistory, generatedAt: Timestamp) -> String {
        var json = JSONWriter()
        json.object { json in
            json.head("vm", generatedAt: generatedAt)
            json.field("vcenter", history.machine.vCenter)
            json.field("vm", history.machine.vm)
            json.field("name", history.machine.name)
            json.field("instance_uuid", history.machine.instanceUUID)
            json.field("is_listed", history.machine.isListed)
            json.field("gone_namesakes", array: history.namesakes) { json, namesake in
                json.field("vcenter", namesake.vCenter)
                json.field("vm", namesake.vm)
                json.field("name", namesake.name)
            }
            json.field("also_registered_as", strings: history.otherRegistrations)
            json.field("others_of_this_id", array: history.othersOfItsID) { json, other in
                json.field("name", other.name)
                json.field("instance_uuid", other.instanceUUID)
            }
            json.field("names", array: history.names) { json, name in
                json.field("name", name.name)
                json.field("first_seen_at", name.firstSeenAt.rfc3339)
            }
            json.field("latest_polls", array: history.latestPolls) { json, poll in json.fields(of: poll) }
            json.field("polls_pruned_before", history.pruned?.before.rfc3339)
            json.field("earlier_customizations", history.earlierCustomizations)
            json.field("customizations", array: history.customizations) { json, customization in
                json.fields(of: customization)
            }
            if let polls = history.polls { json.fields(of: polls) }
        }
        return json.text
    }
}

extension JSONWriter {
    fileprivate mutating func fields(of polls: VirtualMachinePolls) {
        field("has_earlier_polls", polls.hasEarlier)
        field("polls", array: polls.polls) { json, poll in
            json.field("run_id", Int(poll.run.rawValue))
            json.fields(of: poll)
            json.field("answer_id", Int(poll.answer.rawValue))
            if let body = polls.bodies[poll.answer] { json.field(body: body) }
        }
    }

    fileprivate mutating func fields(of poll: RecordedPoll) {
        field("endpoint", poll.endpoint.rawValue)
        field("polled_at", poll.polledAt.rfc3339)
        field("result", poll.result.rawValue)
        field("http_status", poll.httpStatus.map(Double.init))
        field("status", poll.status?.rawValue)
        field("start_time", poll.startTime?.rfc3339)
        field("end_time", poll.endTime?.rfc3339)
        field("error_id", poll.errorID)
        field("error_message", poll.errorMessage)
    }

    /// A body as text, or in Base64 if it is not UTF-8.
    fileprivate mutating func field(body: [UInt8]) {
        if let text = String(validating: body, as: UTF8.self) {
            field("body", text)
        } else {
            field("body_base64", Data(body).base64EncodedString())
        }
    }

    fileprivate mutating func fields(of customization: Customization) {
        field("endpoint", customization.endpoint.rawValue)
        field("outcome", customization.outcome.rawValue)
        field("status", customization.status.rawValue)
        field("start_time", customization.startTime?.rfc3339)
        field("end_time", customization.endTime?.rfc3339)
        field("duration_seconds", customization.durationSeconds)
        field("error_id", customization.errorID)
        field("error_message", customization.errorMessage)
        field("cause", customization.outcome == .failed ? customization.cause?.name : nil)
        field("first_polled_at", customization.firstPolledAt.rfc3339)
        field("last_polled_at", customization.lastPolledAt.rfc3339)
        field("polls", customization.polls)
        field("requested_by", customization.told?.userName)
        field("log_location", customization.told?.logLocation)
        field("also_seen_at", customization.told?.alsoSeenAt?.rawValue)
    }
}
