/// The errors of a window that probably have one cause.
package struct CauseGroup: Hashable, Sendable {
    /// `nil` for the errors whose cause is not known.
    package var cause: FailureCause?
    /// How many customizations failed because of it.
    package var count: Int
    /// How many VMs they ran on.
    package var virtualMachines: Int
    /// When the first of them ended.
    package var first: Timestamp
    /// When the last of them ended.
    package var last: Timestamp
    /// The errors, the most frequent first.
    package var errors: [ErrorGroup]

    /// Adds up groups of errors by their causes, the most frequent cause first.
    package static func of(_ errors: [ErrorGroup]) -> [CauseGroup] {
        Dictionary(grouping: errors, by: \.cause).map { cause, errors in
            let vms = Set(errors.flatMap(\.failures).map { [$0.vCenter, $0.vm] })
            return CauseGroup(
                cause: cause, count: errors.reduce(0) { $0 + $1.count }, virtualMachines: vms.count,
                first: errors.map(\.first).min() ?? errors[0].first, last: errors.map(\.last).max() ?? errors[0].last,
                errors: errors)
        }.sorted {
            let (weight, other) = (($0.count, $0.virtualMachines, $0.last), ($1.count, $1.virtualMachines, $1.last))
            return weight == other ? ($0.cause?.name ?? "") < ($1.cause?.name ?? "") : weight > other
        }
    }
}

extension Report {
    /// The listed errors by their probable causes, the most frequent first.
    package var listedCauses: [CauseGroup] { CauseGroup.of(listedErrors) }
}
