import GRDB

/// Finds the VMs that two vCenters, or two records of one vCenter, have in common.
enum VirtualMachineMatches {
    struct Machine {
        /// Row of `virtual_machine`.
        var id: Int64
        var moid: String
        var uuid: String?
        var isCurrent: Bool
    }

    /// The VMs of a vCenter.
    static func machines(_ vCenter: Int64, _ db: Database) throws -> [Machine] {
        try db.rows(
            of:
                "SELECT id, moid, instance_uuid, is_current FROM virtual_machine WHERE vcenter_id = \(vCenter) ORDER BY id"
        ) {
            Machine(id: try $0.id(0), moid: try $0.text(1), uuid: try $0.textOrNull(2), isCurrent: try $0.flag(3))
        }
    }

    /// Rows of VMs that are the same VM as one of `machines`: they have its managed object id and instance UUID. If one UUID is
    /// unknown, the managed object id alone decides, unless the vCenters are known to differ.
    static func find(
        _ sources: [Machine], in machines: [Machine], areKnownToDiffer: Bool = false
    ) -> [Int64: Int64] {
        let targets = Dictionary(grouping: machines, by: \.moid)
        var matches: [Int64: Int64] = [:]
        var taken: Set<Int64> = []
        for source in sources {
            guard let same = targets[source.moid]?.first(where: { $0.uuid == source.uuid }) else { continue }
            matches[source.id] = same.id
            taken.insert(same.id)
        }
        guard !areKnownToDiffer else { return matches }
        for source in sources where source.isCurrent && matches[source.id] == nil {
            guard let target = targets[source.moid]?.first(where: \.isCurrent),
                source.uuid == nil || target.uuid == nil,
                !taken.contains(target.id)
            else { continue }
            matches[source.id] = target.id
        }
        return matches
    }
}
