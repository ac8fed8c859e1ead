import GuestCustomization
import HistoryStore
import ReportRendering

/// Checks the names given to `--vm` and `--vcenter`. An unknown name is the user's mistake: a report on nothing would look like one
/// on healthy VMs.
extension HistoryDatabase {
    /// - Throws: `HistoryError`, 64, for the first name in the filter that the history does not know, with the nearest known one.
    func requireKnown(_ filter: ReportFilter) throws {
        if !filter.vCenters.isEmpty {
            let known = try vCenterNames()
            for name in filter.vCenters where !known.contains(name) {
                throw unknownVCenter(name, among: known)
            }
        }
        for (attribute, globs) in filter.attributes.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            try requireKnown(globs, of: attribute)
        }
        guard let pattern = try patterns(matchingNoVM: filter).first else { return }
        let place = filter.vCenters.isEmpty ? path : "\(filter.vCenters.map(shown).joined(separator: ", ")) in \(path)"
        throw HistoryError(
            .usage,
            "no VM of \(place) matches --vm \(shown(pattern))",
            advice: try nearestVirtualMachines(to: pattern, in: filter.vCenters)
                ?? "give a managed object id, a name or a glob, as `\(calledName) report` shows them")
    }

    private func requireKnown(_ globs: [String], of attribute: VirtualMachineAttribute) throws {
        let known = try values(of: attribute)
        for glob in globs where !known.contains(where: NameGlob(glob).matches) {
            let near = NearestWord.several(to: glob, among: known, atMost: 3)
            throw HistoryError(
                .usage, "no VM of \(path) was recorded with --\(attribute.rawValue) \(shown(glob))",
                advice: !near.isEmpty
                    ? "did you mean \(alternatives(near))?"
                    : known.isEmpty
                        ? "nothing is recorded of it; `\(calledName) collect` records it if the vCenter has the VI JSON API (8.0 U1 and later)"
                        : "`\(calledName) report --by \(attribute.rawValue)` shows what was")
        }
    }

    /// The VMs that an unmatched name or glob probably meant, as a question; `nil` if none is near.
    func nearestVirtualMachines(to pattern: String, in vCenters: [String]) throws -> String? {
        // Compare the part of a glob before its first wildcard with the same length of the names.
        let literal = String(pattern.prefix { !"*?[".contains($0) })
        let names = try virtualMachineNames(in: vCenters)
        var near: [String] = []
        if literal == pattern {
            near = NearestWord.several(to: pattern, among: names, atMost: 3)
        } else if literal.count > 2 {
            let beginnings = names.map { String($0.prefix(literal.count)) }
            near = NearestWord.several(to: literal, among: beginnings, atMost: 3).map { $0 + "*" }
        }
        return near.isEmpty ? nil : "did you mean \(alternatives(near))?"
    }

    /// The failure for an unknown vCenter.
    func unknownVCenter(_ name: String, among known: [String]) -> HistoryError {
        let near = NearestWord.several(to: name, among: known, atMost: 3)
        let listed = known.prefix(10).map(shown).joined(separator: ", ")
        let remedy =
            if !near.isEmpty {
                "did you mean \(alternatives(near))?"
            } else if known.isEmpty {
                "it knows none yet; run `\(calledName) collect` first"
            } else {
                "it knows \(listed)\(known.count > 10 ? " and \(known.count - 10) more" : "")"
            }
        return HistoryError(.usage, "there is no vCenter \(shown(name)) in \(path)", advice: remedy)
    }

    private func alternatives(_ names: [String]) -> String {
        let names = names.map(shown)
        return names.count < 2
            ? names.joined() : names.dropLast().joined(separator: ", ") + " or " + names[names.count - 1]
    }

    private func shown(_ name: String) -> String { "\"\(TerminalText(name, upTo: 200).truncated(to: 200).string)\"" }
}
