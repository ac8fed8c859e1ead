/// What the VMs of a history were, and when. A history may have a million changes, so they are kept as numbers.
package struct AttributeHistory: Sendable {
    private struct Span {
        var since: Timestamp
        var values: AttributeValues
    }

    private var texts: [String] = []
    private var numbers: [String: Int32] = [:]
    /// Those of a VM one after another, in the order of the runs.
    private var spans: [Span] = []
    /// Positions in `spans`.
    private var ranges: [VirtualMachineRow: Range<Int32>] = [:]
    private var templates: [VirtualMachineRow: Int32] = [:]
    /// What VMs were at single instants, where that differs from what is known otherwise.
    private var exceptions: [Moment: AttributeValues] = [:]

    private struct Moment: Hashable {
        var vm: VirtualMachineRow
        var instant: Timestamp
    }

    package init() {}

    /// Whether nothing is known of any VM.
    package var isEmpty: Bool { spans.isEmpty && templates.isEmpty }

    /// Adds what a VM was since an instant. VMs come one after another, and the changes of each in the order of the runs.
    package mutating func add(_ values: AttributeValues, of vm: VirtualMachineRow, since: Timestamp) {
        let next = Int32(spans.count)
        ranges[vm] = (ranges[vm]?.lowerBound ?? next)..<(next + 1)
        spans.append(Span(since: since, values: values))
    }

    /// Adds from what a VM was made.
    package mutating func add(template: Int32, of vm: VirtualMachineRow) { templates[vm] = template }

    /// The number of a text, which is added if it is new.
    package mutating func number(of text: String) -> Int32 {
        if let number = numbers[text] { return number }
        let number = Int32(texts.count)
        texts.append(text)
        numbers[text] = number
        return number
    }

    /// The text with a number.
    package func text(_ number: Int32) -> String { texts[Int(number)] }

    /// Adds where a VM was at the instant of one of its customizations, as an event tells it: that prevails. To be called when all else was added.
    package mutating func add(_ place: CustomizationPlace, of vm: VirtualMachineRow, at instant: Timestamp) {
        let known = values(of: vm, at: instant)
        var told = known
        if let host = place.host {
            told[.host] = number(of: host)
            told[.cluster] = place.cluster.map { number(of: $0) }
        }
        if let datacenter = place.datacenter { told[.datacenter] = number(of: datacenter) }
        if told != known { exceptions[Moment(vm: vm, instant: instant)] = told }
    }

    /// What a VM was at an instant: by the latest change at or before it, or before the first one known, by that. Clocks may have been set
    /// back between runs, so the order of the runs decides which change is the latest.
    package func values(of vm: VirtualMachineRow?, at instant: Timestamp) -> AttributeValues {
        var values = AttributeValues()
        guard let vm else { return values }
        if let told = exceptions[Moment(vm: vm, instant: instant)] { return told }
        if let range = ranges[vm] {
            let known = spans[Int(range.lowerBound)..<Int(range.upperBound)]
            values = (known.last { $0.since <= instant } ?? known[known.startIndex]).values
        }
        values[.template] = templates[vm]
        return values
    }
}
