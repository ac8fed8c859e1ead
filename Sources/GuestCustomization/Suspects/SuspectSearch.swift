import Foundation

/// Counts finished customizations by the attributes of their VMs, and finds the values that are hard to explain by chance.
package struct SuspectSearch: Sendable {
    /// A value with fewer finished customizations is not tested.
    package static let minimumFinished = 5
    /// The share of the reported values that may be due to chance.
    package static let falseDiscoveryRate = 0.05

    private var counts: [VirtualMachineAttribute: [String: FisherExactTest.Counts]] = [:]

    package init() {}

    /// Counts finished customizations of VMs with this value.
    package mutating func add(_ attribute: VirtualMachineAttribute, _ value: String, _ counts: FisherExactTest.Counts) {
        let none = FisherExactTest.Counts(failed: 0, finished: 0)
        let known = self.counts[attribute]?[value] ?? none
        self.counts[attribute, default: [:]][value] = known + counts
    }

    /// How many values have enough finished customizations, and others beside them, to be tested.
    package var tested: Int { tests.count }

    /// The suspects, the least explicable first.
    package func suspects(rate: Double = falseDiscoveryRate) -> [Suspect] {
        var tests = tests
        for (index, adjusted) in FalseDiscoveryRate.adjusted(logPValues: tests.map(\.logPValue)).enumerated() {
            tests[index].logAdjustedPValue = adjusted
        }
        return tests.filter { $0.logAdjustedPValue <= log(rate) }.sorted { left, right in
            if left.logPValue != right.logPValue { return left.logPValue < right.logPValue }
            return (left.attribute.rawValue, left.value) < (right.attribute.rawValue, right.value)
        }
    }

    private var tests: [Suspect] {
        counts.flatMap { attribute, values in
            let all = values.values.reduce(FisherExactTest.Counts(failed: 0, finished: 0), +)
            return values.compactMap { value, here -> Suspect? in
                let rest = FisherExactTest.Counts(
                    failed: all.failed - here.failed, finished: all.finished - here.finished)
                guard here.finished >= Self.minimumFinished, rest.finished > 0 else { return nil }
                return Suspect(
                    attribute: attribute, value: value, here: here, elsewhere: rest,
                    logPValue: FisherExactTest.logPValue(here, rest: rest), logAdjustedPValue: 0)
            }
        }
    }
}
