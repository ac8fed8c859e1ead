import GuestCustomization

/// The to-do list as JSON, format `customization-history/failing/1`. Times are RFC 3339 in UTC; a missing value is `null`.
package struct FailingJSON: Sendable {
    /// Its JSON Schema (draft 2020-12), as JSON.
    package static let schema = String(decoding: PackageResources.failing_schema_json, as: UTF8.self)

    package init() {}

    /// The whole document, ending with a line break.
    package func render(_ report: FailingReport) -> String {
        var json = JSONWriter()
        json.object { json in
            json.head("failing", generatedAt: report.generatedAt)
            json.field("summary") { json in
                json.field("failing", report.virtualMachines.count)
                json.field("failing_and_stuck", report.virtualMachines.count { $0.stuckSince != nil })
                json.field("only_stuck", report.stuckOnly.count)
            }
            json.field("virtual_machines", array: report.listed) { $0.fields(of: $1) }
            json.field("coverage") { json in
                json.field("can_judge", report.canJudge)
                json.field("last_good_poll_at", report.lastGoodPollAt?.rfc3339)
                json.field("virtual_machines_without_data", report.virtualMachinesWithoutData)
                json.field("not_polled", array: report.notPolled) { json, vCenter in
                    json.field("vcenter", vCenter.vCenter)
                    json.field("since", vCenter.since.rfc3339)
                    json.field("was_polled", vCenter.wasPolled)
                }
            }
            json.field("filter") { json in
                json.field("vm", strings: report.filter.vms)
                json.field("vcenter", strings: report.filter.vCenters)
                json.field("endpoint", strings: report.filter.endpoints.map(\.rawValue))
                json.field("error", report.filter.error)
                json.field("stuck", report.listsStuck)
            }
            json.field("stuck_after_seconds", report.stuckAfterSeconds)
        }
        return json.text
    }
}

extension JSONWriter {
    fileprivate mutating func fields(of vm: FailingVirtualMachine) {
        field("vcenter", vm.vm.vCenter)
        field("vm", vm.vm.id)
        field("instance_uuid", vm.vm.instanceUUID)
        field("name", vm.vm.name)
        field("condition", vm.condition.word)
        field("since", vm.since.rfc3339)
        field("failures", vm.failures?.count ?? 0)
        field("failed_at", vm.failures?.latestAt.rfc3339)
        field("endpoint", vm.failures?.endpoint.rawValue)
        if let error = vm.failures?.error {
            field("error") { json in
                json.field("id", error.id)
                json.field("message", error.message)
            }
        } else {
            field("error", nil as String?)
        }
        field("cause", vm.cause)
        field("stuck_since", vm.stuckSince?.rfc3339)
    }
}
