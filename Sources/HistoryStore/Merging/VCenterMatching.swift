import GRDB
import GuestCustomization

/// Finds out which vCenters of two histories are the same.
///
/// Runs that both histories have decide first, then the instance UUID. Where a UUID is not known, a vCenter is the same if it has the
/// same name and was reached at the same address. Two vCenters that only have a name in common stay apart.
struct VCenterMatching {
    private let incoming: String
    /// The vCenters here that have runs of a vCenter there.
    private let known: [Int64: Set<Int64>]
    /// The vCenters here that are taken, with the names there.
    private var taken: [Int64: String] = [:]
    private var newNames: Set<String> = []

    init(incoming: String, known: [Int64: Set<Int64>]) { (self.incoming, self.known) = (incoming, known) }

    mutating func match(_ vCenter: inout MergePlan.VCenter, _ source: Database, _ target: Database) throws {
        vCenter.here = try same(as: vCenter.there, source, target)
        if let here = vCenter.here {
            vCenter.name = here.name
            if let other = taken.updateValue(vCenter.there.name, forKey: here.id) {
                throw ambiguous(
                    "its vCenters \(other) and \(vCenter.there.name) are one vCenter here, \(here.name)",
                    "join them there first: `\(ProgramName.called) vcenter merge --database \(incoming)`")
            }
        } else {
            vCenter.name = try freeName(vCenter.there.name, target)
            newNames.insert(vCenter.name)
        }
    }

    private func same(
        as there: VCenterRegister.Entry, _ source: Database, _ target: Database
    ) throws -> VCenterRegister.Entry? {
        let identified = try there.instanceUUID.flatMap { try VCenterRegister.entry(identifiedBy: $0, target) }
        let shared = try (known[there.id] ?? []).sorted().compactMap { try VCenterRegister.entry(ofRow: $0, target) }
        let candidates = Set(shared.map(\.name) + [identified?.name].compactMap(\.self))
        guard candidates.count < 2 else {
            throw ambiguous(
                "its vCenter \(there.name) is several vCenters here: \(candidates.sorted().joined(separator: ", "))",
                "join them first: `\(ProgramName.called) vcenter merge`")
        }
        if let same = shared.first ?? identified {
            guard there.instanceUUID == nil || same.instanceUUID == nil || same.instanceUUID == there.instanceUUID
            else {
                throw ambiguous(
                    "its vCenter \(there.name) has another instance UUID than \(same.name) here, which has runs of it",
                    "rename the vCenter that was rebuilt, and collect from both again")
            }
            return same
        }
        guard let named = try VCenterRegister.entry(named: there.name, target),
            there.instanceUUID == nil || named.instanceUUID == nil
        else { return nil }
        let addresses = try Self.addresses(of: there.id, source)
        return try addresses.isDisjoint(with: Self.addresses(of: named.id, target)) ? nil : named
    }

    /// Those that mean the same host on every machine.
    private static func addresses(of vCenter: Int64, _ db: Database) throws -> Set<String> {
        let all = try db.rows(of: "SELECT address FROM vcenter_address WHERE vcenter_id = \(vCenter)") {
            try $0.text(0)
        }
        return Set(all.filter { address in !["localhost:", "127.", "[::1]"].contains { address.hasPrefix($0) } })
    }

    private func freeName(_ name: String, _ target: Database) throws -> String {
        var (candidate, number) = (name, 1)
        while try newNames.contains(candidate) || VCenterRegister.entry(named: candidate, target) != nil {
            number += 1
            candidate = "\(name)-\(number)"
        }
        return candidate
    }

    private func ambiguous(_ what: String, _ advice: String) -> HistoryError {
        HistoryError(.vCenterName, about: "nothing was merged from \(incoming)", what, advice: advice)
    }
}
