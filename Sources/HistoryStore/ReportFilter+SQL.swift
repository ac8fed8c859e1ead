import GRDB
import GuestCustomization

extension ReportFilter {
    /// Condition on the tables `vcenter AS c` and `endpoint_id` of `alias`.
    func sourceCondition(endpointOf alias: String) -> SQL {
        var conditions: [SQL] = ["TRUE"]
        if !vCenters.isEmpty { conditions.append("c.name IN \(vCenters)") }
        if !endpoints.isEmpty {
            conditions.append(SQL(sql: alias) + ".endpoint_id IN \(endpoints.map(\.storedID))")
        }
        return conditions.joined(separator: " AND ")
    }

    /// Condition on the table `virtual_machine AS v`. A name that is also a pattern matches itself too.
    var vmCondition: SQL {
        guard !vms.isEmpty else { return "TRUE" }
        return vms.map { "(\($0) IN (v.moid, v.name) OR v.moid GLOB \($0) OR v.name GLOB \($0))" as SQL }
            .joined(separator: " OR ")
    }
}
