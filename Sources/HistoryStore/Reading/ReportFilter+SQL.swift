import GRDB
import GuestCustomization

extension ReportFilter {
    /// Condition on the table `vcenter AS c`.
    var vCenterCondition: SQL { vCenters.isEmpty ? "TRUE" : "c.name IN \(vCenters)" }

    /// Condition on the tables `vcenter AS c` and `endpoint_id` of `alias`.
    func sourceCondition(endpointOf alias: String) -> SQL {
        var conditions = [vCenterCondition]
        if !endpoints.isEmpty {
            conditions.append(SQL(sql: alias) + ".endpoint_id IN \(endpoints.map(\.storedID))")
        }
        return conditions.joined(separator: " AND ")
    }

    /// Condition on the table `virtual_machine AS v`. Each glob is a parameter; `json_each` would need them written as JSON first.
    var vmCondition: SQL {
        guard !vms.isEmpty else { return "TRUE" }
        return """
            EXISTS (
                SELECT 1 FROM (VALUES \(vms.map { "(\($0))" as SQL }.joined(separator: ", "))) AS g
                WHERE name_glob(g.column1, v.moid) OR name_glob(g.column1, v.shown_name)
            )
            """
    }
}

extension DatabaseFunction {
    /// `name_glob(pattern, name)`: a `NameGlob`, as everywhere else on the command line. SQLite's own GLOB reads `[!…]` differently.
    static let nameGlob = DatabaseFunction("name_glob", argumentCount: 2, pure: true) { values in
        guard let pattern = String.fromDatabaseValue(values[0]), let name = String.fromDatabaseValue(values[1]) else {
            return nil
        }
        return NameGlob(pattern).matches(name)
    }
}
