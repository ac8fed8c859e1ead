/// Counts customizations by what their VMs were when they ran.
struct AttributeTally: Sendable {
    private var history: AttributeHistory
    private var filter: AttributeFilter
    private let window: ReportWindow
    private let stuckAfterSeconds: Double
    /// The attribute whose values get figures.
    private let attribute: VirtualMachineAttribute?
    private var counts: [AttributeValues: FisherExactTest.Counts] = [:]
    /// By the number of the value's text; `nil` for an unknown one.
    private var groups: [Int32?: Group] = [:]

    private struct Group {
        var figures = CustomizationFigures()
        var seconds: [Double] = []
        var vms: Set<VirtualMachineRow?> = []
    }

    init(
        _ history: AttributeHistory, matching filter: ReportFilter, by attribute: VirtualMachineAttribute?,
        window: ReportWindow, stuckAfterSeconds: Double
    ) {
        self.history = history
        self.filter = AttributeFilter(filter)
        self.attribute = attribute
        self.window = window
        self.stuckAfterSeconds = stuckAfterSeconds
    }

    /// Counts a customization.
    ///
    /// - Returns: Whether the filter lets it through; it was not counted otherwise.
    mutating func take(_ customization: Customization) -> Bool {
        let ran = customization.endTime ?? customization.startTime ?? customization.firstPolledAt
        return take(
            customization.outcome, of: customization.vm, ranAt: ran, at: customization.windowInstant,
            isStuck: customization.isStuck(after: stuckAfterSeconds), customization.durationSeconds)
    }

    /// Counts a successful customization, by its end.
    mutating func takeSuccess(of vm: CustomizedVM, at instant: Timestamp, durationSeconds: Double?) -> Bool {
        take(.succeeded, of: vm, ranAt: instant, at: instant, isStuck: false, durationSeconds)
    }

    /// - Parameter ran: The instant that decides what the VM was.
    private mutating func take(
        _ outcome: CustomizationOutcome, of vm: CustomizedVM, ranAt ran: Timestamp, at instant: Timestamp,
        isStuck: Bool, _ seconds: Double?
    ) -> Bool {
        let values = history.values(of: vm.row, at: ran)
        guard filter.accepts(values, in: history) else { return false }
        guard window.contains(instant) else { return true }
        if outcome.isFinished {
            let one = FisherExactTest.Counts(failed: outcome == .failed ? 1 : 0, finished: 1)
            counts[values] = counts[values].map { $0 + one } ?? one
        }
        guard let attribute else { return true }
        let isClockFault = seconds.map { $0 < 0 } ?? false
        let number = values[attribute]
        groups[number, default: Group()].figures.count(outcome, isStuck: isStuck, isClockFault: isClockFault)
        groups[number]?.vms.insert(vm.row)
        if let seconds, !isClockFault { groups[number]?.seconds.append(seconds) }
        return true
    }

    /// The report on everything that was counted.
    consuming func finish() -> AttributeReport {
        var search = SuspectSearch()
        let none = FisherExactTest.Counts(failed: 0, finished: 0)
        for attribute in VirtualMachineAttribute.allCases {
            var sums: [Int32: FisherExactTest.Counts] = [:]
            for (values, count) in counts {
                if let number = values[attribute] { sums[number] = (sums[number] ?? none) + count }
            }
            for (number, sum) in sums { search.add(attribute, history.text(number), sum) }
        }
        let values = groups.map { number, group in
            var figures = group.figures
            figures.durations = DurationStatistics(group.seconds)
            return AttributeValueReport(
                value: number.map(history.text), virtualMachines: group.vms.count, figures: figures)
        }
        return AttributeReport(
            attribute: attribute, values: values.sorted { $0.comes(before: $1) },
            finished: counts.values.reduce(0) { $0 + $1.finished },
            attributed: counts.filter { $0.key != AttributeValues() }.values.reduce(0) { $0 + $1.finished },
            tested: search.tested, suspects: search.suspects())
    }
}
