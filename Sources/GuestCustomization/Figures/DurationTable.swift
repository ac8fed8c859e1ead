/// The durations of many customizations, sorted once for all groupings.
struct DurationTable {
    /// The duration of a customization of a VM on a day, both by their positions in a report.
    struct Entry {
        let seconds: Double
        let vm: Int32
        let day: Int32
    }

    private var entries: [Entry] = []

    mutating func add(_ seconds: Double, vm: Int, day: Int) {
        entries.append(Entry(seconds: seconds, vm: Int32(vm), day: Int32(day)))
    }

    mutating func sort() {
        entries.sort { $0.seconds < $1.seconds }
    }

    var seconds: some Sequence<Double> { entries.lazy.map(\.seconds) }

    /// The statistics of each group, once the table is sorted; `group` returns an entry's group, counted from 0.
    func statistics(ofGroups count: Int, by group: (Entry) -> Int) -> [DurationStatistics?] {
        var ends = Array(repeating: 0, count: count)
        for entry in entries { ends[group(entry)] += 1 }
        var starts: [Int] = []
        starts.reserveCapacity(count)
        var total = 0
        for index in ends.indices {
            starts.append(total)
            total += ends[index]
            ends[index] = starts[index]
        }
        var grouped = Array(repeating: 0.0, count: entries.count)
        for entry in entries {
            let index = group(entry)
            grouped[ends[index]] = entry.seconds
            ends[index] += 1
        }
        return zip(starts, ends).map { DurationStatistics(ascending: grouped[$0..<$1]) }
    }
}
