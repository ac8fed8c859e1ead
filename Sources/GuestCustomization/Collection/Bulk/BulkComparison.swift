import Synchronization

/// A source whose VMs are polled one by one, to be compared afterwards with what it tells of many at once.
package final class BulkComparison: CustomizationSource {
    private let source: any CustomizationSource & BulkCustomizationSource
    private let heard = Mutex<[String: Answer]>([:])
    private let names = Mutex<[String: InventoryName]>([:])

    /// VMs that are asked about again at a time.
    private static let concurrency = 16

    package init(of source: any CustomizationSource & BulkCustomizationSource) {
        self.source = source
    }

    package func virtualMachines() async throws(HistoryError) -> VirtualMachineList {
        let list = try await source.virtualMachines()
        names.withLock { $0 = Dictionary(list.virtualMachines.map { ($0.id, $0.name) }) { first, _ in first } }
        return list
    }

    package func lastCustomization(of vm: String, endpoint: Endpoint) async throws(HistoryError) -> TimedAnswer {
        let answer = try await source.lastCustomization(of: vm, endpoint: endpoint)
        if endpoint == .customization { heard.withLock { $0[vm] = answer.answer.withoutBody } }
        return answer
    }

    package func identity(of vm: String) async -> VirtualMachineIdentity? { await source.identity(of: vm) }
    package var clockOffsetMilliseconds: Int64? { get async { await source.clockOffsetMilliseconds } }
    package var executor: (any TaskExecutor)? { source.executor }

    /// Compares what was polled with what the source tells now. A VM with a difference is asked about once more both ways, since its
    /// customization may have gone on in between.
    ///
    /// - Throws: `HistoryError` if the source tells of no VMs at once.
    package func compare() async throws -> BulkAgreement {
        var heard = heard.withLock(\.self)
        let told = try await bulk()
        let doubtful = heard.filter { BulkAgreement.Relation($0.value, told[$0.key]) == .differ }.map(\.key)
        let again = doubtful.isEmpty ? [:] : try await askAgain(about: doubtful)
        let toldAgain = doubtful.isEmpty ? [:] : try await bulk()
        var result = BulkAgreement()
        heard.merge(again) { $1 }
        for (vm, answer) in heard {
            var relation = BulkAgreement.Relation(answer, told[vm])
            if again[vm] != nil, relation == .differ { relation = BulkAgreement.Relation(answer, toldAgain[vm]) }
            result.counts[relation, default: 0] += 1
            guard relation == .differ, let info = toldAgain[vm] else { continue }
            let name = names.withLock { $0[vm] }
            result.differences.append(.init(vm: vm, name: name, single: answer, bulk: info))
        }
        result.differences.sort { ($0.vm.utf8.count, $0.vm) < ($1.vm.utf8.count, $1.vm) }
        return result
    }

    private func bulk() async throws -> [String: CustomizationInfo] {
        let told = Mutexed<[String: CustomizationInfo]>([:])
        try await source.readCustomizations { page in
            told.value.withLock { told in
                for customization in page.customizations { told[customization.vm] = customization.info }
            }
        }
        return told.value.withLock(\.self)
    }

    private func askAgain(about vms: [String]) async throws -> [String: Answer] {
        try await withThrowingTaskGroup(of: (String, Answer).self) { group in
            var waiting = vms.makeIterator()
            func startNext() {
                guard let vm = waiting.next() else { return }
                group.addTask { [source] in
                    (vm, try await source.lastCustomization(of: vm, endpoint: .customization).answer.withoutBody)
                }
            }
            for _ in 0..<Self.concurrency { startNext() }
            var answers: [String: Answer] = [:]
            while let (vm, answer) = try await group.next() {
                answers[vm] = answer
                startNext()
            }
            return answers
        }
    }
}

/// A lock that closures can share.
private final class Mutexed<Value: Sendable>: Sendable {
    let value: Mutex<Value>
    init(_ value: Value) { self.value = Mutex(value) }
}

extension Answer {
    fileprivate var withoutBody: Answer {
        var answer = self
        answer.body = nil
        return answer
    }
}
