/// Finds which customizations of one VM are the same, of those that polls saw and those that events tell of: each is the same as one at
/// most (`EndMatching`).
///
/// Their ends decide. Where one has no end, their starts do; and where a poll saw neither, the one under way is the one that events say is
/// under way.
package enum SameCustomizations {
    /// What is known of one.
    package struct Item: Hashable, Sendable {
        /// Its outcome.
        package var outcome: CustomizationOutcome
        /// By the clock of its source; `nil` if it is not known.
        package var start: Timestamp?
        /// By the clock of its source; `nil` if it is not known.
        package var end: Timestamp?

        /// A customization as one source knows it.
        package init(outcome: CustomizationOutcome, start: Timestamp?, end: Timestamp?) {
            (self.outcome, self.start, self.end) = (outcome, start, end)
        }

        /// Its end, if that was seen.
        fileprivate var seenEnd: Timestamp? { outcome.isFinished ? end : nil }
    }

    /// Indices of two that are the same.
    package struct Pair: Hashable, Sendable {
        /// Index in those that polls saw.
        package var polled: Int
        /// Index in those that events tell of.
        package var event: Int
        /// Whether that of the events is counted: it knows the end, and the polls lost sight of it. Otherwise the polled one is.
        package var countsEvent: Bool
    }

    /// The pairs, in the order of the polled ones.
    package static func pairs(
        _ polled: [Item], _ events: [Item], tolerance: Duration
    ) -> [Pair] {
        var pairs: [Pair] = []
        var (freePolled, freeEvents) = (Set(polled.indices), Set(events.indices))
        func pair(
            _ mine: KeyPath<Item, Timestamp?>, _ theirs: KeyPath<Item, Timestamp?>,
            where isMine: (Item) -> Bool, _ isTheirs: (Item) -> Bool
        ) {
            let left = freePolled.sorted().filter { polled[$0][keyPath: mine] != nil && isMine(polled[$0]) }
            let right = freeEvents.sorted().filter { events[$0][keyPath: theirs] != nil && isTheirs(events[$0]) }
            let found = EndMatching.pairs(
                left.compactMap { polled[$0][keyPath: mine] }, right.compactMap { events[$0][keyPath: theirs] },
                tolerance: tolerance)
            for match in found { add(left[match.first], right[match.second]) }
        }
        func add(_ i: Int, _ j: Int) {
            freePolled.remove(i)
            freeEvents.remove(j)
            pairs.append(
                Pair(polled: i, event: j, countsEvent: polled[i].outcome == .lost && events[j].outcome.isFinished))
        }
        pair(\.seenEnd, \.seenEnd, where: { _ in true }, { _ in true })
        pair(\.start, \.start, where: { $0.seenEnd == nil }, { _ in true })
        pair(\.start, \.start, where: { $0.seenEnd != nil }, { $0.seenEnd == nil })
        let timeless = freePolled.sorted().last { polled[$0].outcome.isUnfinished && polled[$0].start == nil }
        let open = freeEvents.sorted().last { events[$0].outcome.isUnfinished }
        if let timeless, let open { add(timeless, open) }
        return pairs.sorted { $0.polled < $1.polled }
    }
}
