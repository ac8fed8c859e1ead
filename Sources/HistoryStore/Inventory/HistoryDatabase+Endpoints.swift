import GRDB
import GuestCustomization

extension HistoryDatabase {
    /// The polled endpoints for which VMs of a vCenter were ever listed, that of the latest run first.
    package func endpoints(polledOn vCenter: String) throws -> [Endpoint] {
        try read("look for the endpoints of a vCenter in") { db in
            let query: SQL = """
                SELECT r.endpoint_id FROM vcenter AS c JOIN collection_run AS r ON r.vcenter_id = c.id
                WHERE c.name = \(vCenter.storable) AND r.listed_ms IS NOT NULL
                GROUP BY r.endpoint_id ORDER BY max(r.id) DESC
                """
            return try db.rows(of: query) { try $0.endpoint(0) }
        }
    }
}
