/// Groups failures by their error, as they are added one by one.
struct ErrorGrouping {
    /// What makes two errors the same.
    private struct Key: Hashable {
        let id: String?
        let shape: MessageShape?
    }

    /// The failures with one error, summed up.
    private struct Entry {
        let id: String?
        var count = 0
        var (first, last): (Timestamp, Timestamp)
        /// The latest message, as received.
        var latest: String?
        /// The same in English, and the names of its VM.
        var untranslated: (text: String?, names: [String])
        /// The latest message, and where other messages differ from it.
        var message: VaryingMessage?
        /// By the ordinal number of their VM.
        var failures: [Int: (error: LatestError, count: Int)] = [:]

        init(_ error: ReportedError, _ message: VaryingMessage?, failedAt: Timestamp, names: [String]) {
            (id, latest, untranslated) = (error.id, error.message, (error.untranslated, names))
            (first, last) = (failedAt, failedAt)
            self.message = message
        }

        mutating func add(
            _ error: ReportedError, _ message: VaryingMessage?, failedAt: Timestamp, ofVM ordinal: Int, names: [String]
        ) {
            count += 1
            first = min(first, failedAt)
            // Of two at the same instant, the alphabetically first, so that the order of VMs does not matter.
            if (failedAt, latest ?? "") > (last, error.message ?? "") {
                last = failedAt
                if error.message != latest {
                    var newest = message
                    if let earlier = self.message { newest?.add(earlier) }
                    self.message = newest
                    (latest, untranslated) = (error.message, (error.untranslated, names))
                }
            } else if error.message != latest, let message {
                self.message?.add(message)
            }
            failures[ordinal, default: (LatestError(error, failedAt: failedAt), 0)].count += 1
            if let known = failures[ordinal]?.error.failedAt, known <= failedAt {
                failures[ordinal]?.error = LatestError(error, failedAt: failedAt)
            }
        }
    }

    private var entries: [Entry] = []
    private var positions: [Key: Int] = [:]

    /// Adds a failure of the VM with this ordinal number.
    ///
    /// - Parameter names: The VM's names, which are ignored when errors are compared.
    mutating func add(_ error: ReportedError, failedAt: Timestamp, ofVM ordinal: Int, names: [String]) {
        let message = error.message.map { VaryingMessage($0, names: names) }
        let untranslated = error.untranslated
        let shape = untranslated == error.message ? message?.shape : untranslated.map { MessageShape($0, names: names) }
        let key = Key(id: error.id, shape: shape)
        let position = positions[key, default: entries.count]
        if position == entries.count {
            positions[key] = position
            entries.append(Entry(error, message, failedAt: failedAt, names: names))
        }
        entries[position].add(error, message, failedAt: failedAt, ofVM: ordinal, names: names)
    }

    /// The errors, the most frequent first.
    ///
    /// - Parameters:
    ///   - vm: The vCenter and managed object id of the VM with an ordinal number.
    ///   - recovery: When that VM first succeeded after an instant; `nil` if it has not.
    func finish(
        naming vm: (Int) -> (vCenter: String, id: String), recovering recovery: (Int, Timestamp) -> Timestamp?
    ) -> [ErrorGroup] {
        entries.map { entry in
            let failures = entry.failures.map { ordinal, failure in
                let (vCenter, id) = vm(ordinal)
                var error = failure.error
                error.recoveredAt = recovery(ordinal, error.failedAt)
                return ErrorGroup.Failure(vCenter: vCenter, vm: id, error: error, count: failure.count)
            }.sorted { ($0.vCenter, $0.vm) < ($1.vCenter, $1.vm) }
            let (untranslated, names) = entry.untranslated
            return ErrorGroup(
                id: entry.id, message: failures.count > 1 ? entry.message?.text : entry.latest,
                latestMessage: entry.latest, untranslated: untranslated?.withoutNames(names), count: entry.count,
                virtualMachines: failures.count, first: entry.first, last: entry.last, failures: failures)
        }.sorted { $0.isMoreFrequent(than: $1) }
    }
}
