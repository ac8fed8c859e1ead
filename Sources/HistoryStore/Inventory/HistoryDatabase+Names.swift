import GRDB
import GuestCustomization

/// The names in a history, to correct the spelling of names that users type.
extension HistoryDatabase {
    /// The names of all vCenters, in alphabetical order.
    package func vCenterNames() throws -> [String] {
        try read("read the names of vCenters in") {
            try $0.rows(of: "SELECT name FROM vcenter ORDER BY name") { try $0.text(0) }
        }
    }

    /// The patterns of `filter.vms` that match no VM of its vCenters.
    package func patterns(matchingNoVM filter: ReportFilter) throws -> [String] {
        try read("look for VMs in") { db in
            try filter.vms.filter { pattern in
                let one = ReportFilter(vms: [pattern], vCenters: filter.vCenters)
                return try !db.hasRow(
                    """
                    SELECT 1 FROM virtual_machine AS v JOIN vcenter AS c ON c.id = v.vcenter_id
                    WHERE \(one.vCenterCondition) AND (\(one.vmCondition)) LIMIT 1
                    """)
            }
        }
    }

    /// The names and managed object ids of VMs.
    ///
    /// - Parameter vCenters: Names of the vCenters to look in; all of them if it is empty.
    package func virtualMachineNames(in vCenters: [String] = []) throws -> [String] {
        let filter = ReportFilter(vCenters: vCenters)
        return try read("read the names of VMs in") { db in
            let query: SQL = """
                SELECT v.shown_name, v.moid FROM virtual_machine AS v JOIN vcenter AS c ON c.id = v.vcenter_id
                WHERE \(filter.vCenterCondition)
                """
            return try db.rows(of: query) { [try $0.text(0), try $0.text(1)] }.flatMap(\.self)
        }
    }
}
