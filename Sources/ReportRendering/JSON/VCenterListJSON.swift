import GuestCustomization

/// The vCenters of a history as JSON, format `customization-history/vcenters/1`. Scripts rely on it: its keys and their order are
/// fixed.
///
/// Times are RFC 3339 in UTC with milliseconds, unknown values are `null`.
package struct VCenterListJSON: Sendable {
    package init() {}

    /// The whole document, ending with a line break.
    package func render(_ vCenters: [RecordedVCenter], generatedAt: Timestamp) -> String {
        var json = JSONWriter()
        json.object { json in
            json.head("vcenters", generatedAt: generatedAt)
            json.field("vcenters", array: vCenters) { json, vCenter in
                json.field("name", vCenter.name)
                json.field("instance_uuid", vCenter.instanceUUID)
                json.field("addresses", strings: vCenter.addresses)
                json.field("virtual_machines", vCenter.virtualMachines)
                json.field("runs", vCenter.runs)
                json.field("first_run_at", vCenter.firstRunAt?.rfc3339)
                json.field("last_run_at", vCenter.lastRunAt?.rfc3339)
            }
        }
        return json.text
    }
}
