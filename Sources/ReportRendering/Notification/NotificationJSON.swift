import GuestCustomization

/// A notification as JSON, format `customization-history/notify/1`. Times are RFC 3339 in UTC; a missing value is `null`.
package struct NotificationJSON: Sendable {
    /// Its JSON Schema (draft 2020-12), as JSON.
    package static let schema = String(decoding: PackageResources.notify_schema_json, as: UTF8.self)

    /// The channel that tells it.
    package var channel: String

    /// Of a larger group, so many are listed.
    private static let maximumSubjects = 1000

    package init(channel: String) {
        self.channel = channel
    }

    /// The whole document, ending with a line break.
    package func render(_ notification: Notification) -> String {
        var json = JSONWriter()
        json.object { json in
            json.head("notify", generatedAt: notification.generatedAt)
            json.field("channel", channel)
            json.field("summary", NotificationWords.summary(of: notification))
            json.field("groups", array: notification.groups) { $0.fields(of: $1, atMost: Self.maximumSubjects) }
        }
        return json.text
    }
}

extension JSONWriter {
    fileprivate mutating func fields(of group: NotificationGroup, atMost limit: Int) {
        field("kind", group.kind.rawValue)
        field("count", group.subjects.count)
        field("virtual_machines", group.virtualMachines)
        field("title", NotificationWords.title(of: group))
        field("cause", group.cause)
        if let error = group.error {
            field("error") { json in
                json.field("id", error.id)
                json.field("message", error.message)
            }
        } else {
            field("error", nil as String?)
        }
        field("vcenters", array: group.vCenters) { json, vCenter in
            json.field("vcenter", vCenter.name)
            json.field("count", vCenter.count)
        }
        field("subjects", array: Array(group.subjects.prefix(limit))) { json, subject in
            json.field("vcenter", subject.vCenter)
            json.field("vm", subject.vm?.id)
            json.field("instance_uuid", subject.vm?.instanceUUID)
            json.field("name", subject.vm?.name)
            json.field("at", subject.at.rfc3339)
            json.field("since", subject.since?.rfc3339)
        }
    }
}
