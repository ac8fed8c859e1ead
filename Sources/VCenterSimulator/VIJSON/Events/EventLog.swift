import GuestCustomization
import Synchronization

/// The events of a simulated vCenter, in the order in which they were written.
///
/// They follow from the customizations of the older kind and from what VMs were made from. Keys follow from the day and
/// the seed, so that a simulator that is started again has the same ones; they have gaps, as in a vCenter whose other events are not asked for.
final class EventLog: Sendable {
    private static let dayMs: Int64 = 86_400_000
    /// The longest customization, and more.
    private static let longestMs: Int64 = 8 * 3_600_000

    private struct State {
        var records: [EventRecord] = []
        /// Up to where the customizations have been followed.
        var writtenUntilMs: Int64?
        var lastKey: Int32 = 0
        /// Whether keys and times only grow, so that a place can be found by halving.
        var isOrdered = true
        /// Not after a restored backup, when keys are given again.
        var keysFollowDays = true
    }
    private let state = Mutex(State())
    private let estate: Estate
    private let clockOffsetMs: Int64
    private let keptMs: Int64

    /// - Parameters:
    ///   - clockOffsetSeconds: How far the guests' clocks are ahead of vCenter's.
    ///   - keptSeconds: For how long events are kept.
    init(of estate: Estate, clockOffsetSeconds: Double, keptSeconds: Double) {
        self.estate = estate
        keptMs = Int64(keptSeconds * 1000)
        clockOffsetMs = Int64(clockOffsetSeconds * 1000)
    }

    /// Events from a place on: at most `count` that match, and the place after the last one that was looked at.
    func read(
        from start: Int, forward: Bool = true, count: Int, at now: Timestamp, where matches: (EventRecord) -> Bool
    ) -> (records: [EventRecord], next: Int) {
        state.withLock { state in
            write(&state, until: now)
            var found: [EventRecord] = []
            let oldest = now.unixMilliseconds - keptMs
            var place = min(start, state.records.count)
            if forward {
                while place < state.records.count, found.count < count {
                    let record = state.records[place]
                    if record.createdTime.unixMilliseconds >= oldest, matches(record) { found.append(record) }
                    place += 1
                }
            } else {
                while place > 0, found.count < count {
                    place -= 1
                    let record = state.records[place]
                    if record.createdTime.unixMilliseconds < oldest, state.isOrdered { break }
                    if record.createdTime.unixMilliseconds >= oldest, matches(record) { found.append(record) }
                }
            }
            return (found, place)
        }
    }

    /// The first place whose event may have a greater key than `key` or was written at `time` or later.
    func place(afterKey key: Int?, from time: Timestamp?, at now: Timestamp) -> Int {
        state.withLock { state in
            write(&state, until: now)
            guard state.isOrdered else { return 0 }
            return state.records.partitioningIndex { record in
                key.map { record.key > $0 } ?? true && time.map { record.createdTime >= $0 } ?? true
            }
        }
    }

    /// The place after the last event.
    func end(at now: Timestamp) -> Int {
        state.withLock { state in
            write(&state, until: now)
            return state.records.count
        }
    }

    /// Follows the customizations to the last full second.
    private func write(_ state: inout State, until now: Timestamp) {
        let untilMs = now.unixMilliseconds / 1000 * 1000
        let fromMs = state.writtenUntilMs ?? (untilMs / Self.dayMs * Self.dayMs - keptMs)
        guard untilMs > fromMs else { return }
        var written: [EventRecord] = []
        let isFirst = state.writtenUntilMs == nil
        for entry in estate.entries {
            collect(entry, after: fromMs, until: untilMs, isFirst: isFirst, into: &written)
        }
        // Stable: events of one instant stay in the order of VMs.
        written.sort { $0.createdTime < $1.createdTime }
        for var record in written {
            let day = record.createdTime.unixMilliseconds / Self.dayMs
            state.lastKey += 1
            if state.keysFollowDays { state.lastKey = max(state.lastKey, Int32(clamping: (day - 10_957) << 17)) }
            record.key = state.lastKey
            if let last = state.records.last, record.createdTime < last.createdTime || record.key <= last.key {
                state.isOrdered = false
            }
            state.records.append(record)
        }
        state.writtenUntilMs = untilMs
    }

    /// What happened to a VM in this time.
    private func collect(
        _ entry: Estate.Entry, after fromMs: Int64, until untilMs: Int64, isFirst: Bool,
        into written: inout [EventRecord]
    ) {
        func note(_ timeMs: Int64, _ content: EventRecord.Content) {
            guard timeMs > fromMs, timeMs <= untilMs else { return }
            written.append(EventRecord(key: 0, createdTime: Timestamp(unixMilliseconds: timeMs), content: content))
        }
        let first = Timestamp(unixMilliseconds: fromMs + clockOffsetMs - Self.longestMs)
        let last = Timestamp(unixMilliseconds: untilMs + clockOffsetMs + Self.longestMs)
        let customizations = entry.habits[.customization]?.customizations(from: first, through: last) ?? []
        for (slot, customization) in customizations where customization.isBooted {
            // vCenter learns of it a moment later.
            var draws = customization.draws
            let delayMs = Int64(draws.below(2500)) - clockOffsetMs
            note(customization.start.unixMilliseconds + delayMs, .started(entry))
            guard let end = customization.end else { continue }
            note(
                end.unixMilliseconds + delayMs,
                .ended(entry, slot: Int32(clamping: slot), EventRecord.EndType(customization)))
        }
        // Every VM was made in the two months before the simulator's start; half of these events are still kept.
        guard isFirst else { return }
        var draws = SplitMix64(entry.key, 17)
        let isClone = draws.happens(0.5)
        let cycleMs = 60 * Self.dayMs
        let phaseMs = Int64(draws.unit() * Double(cycleMs))
        let latestMs = untilMs - (untilMs - phaseMs) % cycleMs
        note(latestMs, isClone ? .cloned(entry) : .deployed(entry))
    }

    /// Writes a test's event after all others.
    func append(_ event: SimulatedEvent, at now: Timestamp) -> Int {
        state.withLock { state in
            write(&state, until: now)
            let key = event.key.map { Int32(clamping: $0) } ?? state.lastKey + 1
            let previous = state.records.last
            state.isOrdered =
                state.isOrdered && key > state.lastKey
                && event.createdTime >= previous?.createdTime ?? event.createdTime
            if event.key == nil { state.lastKey = key }
            state.records.append(
                EventRecord(key: key, createdTime: event.createdTime, content: .scripted(.init(event))))
            return Int(key)
        }
    }

    /// Forgets all events after a time; later ones get the keys that those had, like a vCenter restored from a backup.
    func restore(to time: Timestamp, at now: Timestamp) {
        state.withLock { state in
            write(&state, until: now)
            state.records.removeAll { $0.createdTime > time }
            state.lastKey = state.records.map(\.key).max() ?? 0
            state.keysFollowDays = false
        }
    }
}

extension RandomAccessCollection {
    /// The first index whose element satisfies a condition that all later ones satisfy too.
    func partitioningIndex(where condition: (Element) -> Bool) -> Index {
        var (low, count) = (startIndex, count)
        while count > 0 {
            let middle = index(low, offsetBy: count / 2)
            if condition(self[middle]) {
                count /= 2
            } else {
                low = index(after: middle)
                count -= count / 2 + 1
            }
        }
        return low
    }
}
