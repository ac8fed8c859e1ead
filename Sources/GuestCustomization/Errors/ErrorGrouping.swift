/// Groups failures by their error, as they are added one by one.
struct ErrorGrouping {
    /// What makes two errors the same.
    private struct Key: Hashable {
        let id: String?
        let shape: MessageShape?
    }

    /// The failures with one error, summed up.
    private struct Entry {
        var group: ErrorGroup
        /// The latest message, and where other messages differ from it.
        var message: VaryingMessage?
        /// By the ordinal number of their VM.
        var failures: [Int: (error: LatestError, count: Int)] = [:]
    }

    private var entries: [Key: Entry] = [:]

    /// Adds a failure of the VM with this ordinal number.
    ///
    /// - Parameter names: The VM's names, which are ignored when errors are compared.
    mutating func add(_ error: ReportedError, failedAt: Timestamp, ofVM ordinal: Int, names: [String]) {
        let message = error.message.map { VaryingMessage($0, names: names) }
        let untranslated = error.untranslated
        let shape = untranslated == error.message ? message?.shape : untranslated.map { MessageShape($0, names: names) }
        func fresh() -> Entry {
            Entry(
                group: ErrorGroup(
                    id: error.id, message: error.message, untranslated: untranslated?.withoutNames(names), count: 0,
                    virtualMachines: 0, first: failedAt, last: failedAt),
                message: message)
        }
        let update: (inout Entry) -> Void = { entry in
            entry.group.count += 1
            entry.group.first = min(entry.group.first, failedAt)
            // Of two at the same instant, the alphabetically first, so that the order of VMs does not matter.
            if (failedAt, entry.group.latestMessage ?? "") > (entry.group.last, error.message ?? "") {
                entry.group.last = failedAt
                if error.message != entry.group.latestMessage {
                    var latest = message
                    if let earlier = entry.message { latest?.add(earlier) }
                    entry.message = latest
                    entry.group.latestMessage = error.message
                    entry.group.untranslated = untranslated?.withoutNames(names)
                }
            } else if error.message != entry.group.latestMessage, let message {
                entry.message?.add(message)
            }
            entry.failures[ordinal, default: (LatestError(error, failedAt: failedAt), 0)].count += 1
            if let known = entry.failures[ordinal]?.error.failedAt, known <= failedAt {
                entry.failures[ordinal]?.error = LatestError(error, failedAt: failedAt)
            }
        }
        update(&entries[Key(id: error.id, shape: shape), default: fresh()])
    }

    /// The errors, the most frequent first.
    ///
    /// - Parameters:
    ///   - vm: The vCenter and managed object id of the VM with an ordinal number.
    ///   - recovery: When that VM first succeeded after an instant; `nil` if it has not.
    func finish(
        naming vm: (Int) -> (vCenter: String, id: String), recovering recovery: (Int, Timestamp) -> Timestamp?
    ) -> [ErrorGroup] {
        entries.values.map { entry in
            var group = entry.group
            group.virtualMachines = entry.failures.count
            group.message = group.virtualMachines > 1 ? entry.message?.text : group.latestMessage
            group.failures = entry.failures.map { ordinal, failure in
                let (vCenter, id) = vm(ordinal)
                var error = failure.error
                error.recoveredAt = recovery(ordinal, error.failedAt)
                return ErrorGroup.Failure(vCenter: vCenter, vm: id, error: error, count: failure.count)
            }.sorted { ($0.vCenter, $0.vm) < ($1.vCenter, $1.vm) }
            return group
        }.sorted { $0.isMoreFrequent(than: $1) }
    }
}
