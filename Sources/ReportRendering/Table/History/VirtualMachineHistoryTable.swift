import GuestCustomization

/// One VM's history as a table for terminals.
package struct VirtualMachineHistoryTable: Sendable {
    /// Width, colours and time zone.
    package var format: TableFormat

    package init(_ format: TableFormat) {
        self.format = format
    }

    /// The whole text, ending with a line break.
    package func render(_ history: VirtualMachineHistory, generatedAt: Timestamp) -> String {
        let times = LocalTimeFormat(format.timeZone)
        let blocks = [
            heading(of: history, times, generatedAt).asHeading(width: format.width), facts(of: history, times),
            history.polls.map { PollTable(width: format.width, times: times).lines(of: $0, pruned: history.pruned) }
                ?? customizations(of: history, times),
        ]
        return blocks.rendered(width: format.width, colors: format.colors)
    }

    private func heading(
        of history: VirtualMachineHistory, _ times: LocalTimeFormat, _ generatedAt: Timestamp
    ) -> TerminalLine {
        let machine = history.machine
        var line = TerminalLine()
        line.append(TerminalText(machine.name, upTo: 200).truncatedInMiddle(to: max(12, format.width - 45)), .bold)
        line.append(" (\(machine.vm)) in \(machine.vCenter)")
        if !machine.isListed { line.append(", gone", .yellow) }
        line.append(", times in \(times.zone(at: generatedAt))", .dim)
        return line
    }

    private func facts(of history: VirtualMachineHistory, _ times: LocalTimeFormat) -> [TerminalLine] {
        var facts: [(label: String, text: String)] = []
        if let uuid = history.machine.instanceUUID { facts.append(("instance UUID", uuid)) }
        if !history.otherRegistrations.isEmpty {
            facts.append(
                (
                    "also as",
                    history.otherRegistrations.joined(separator: ", ")
                        + " (the same instance UUID; each has a history of its own)"
                ))
        }
        for (index, other) in history.othersOfItsID.enumerated() {
            let uuid = other.instanceUUID.map { "instance UUID \($0)" } ?? "instance UUID not known"
            facts.append((index == 0 ? "do not confuse" : "", "\(other.name), another VM that had this id: \(uuid)"))
        }
        for (index, namesake) in history.namesakes.enumerated() {
            facts.append(
                (index == 0 ? "gone namesakes" : "", "\(namesake.vm) in \(namesake.vCenter) (\(namesake.name))"))
        }
        for (index, name) in history.names.enumerated() {
            facts.append((index == 0 ? "names" : "", "\(times.minute(name.firstSeenAt))  \(name.name)"))
        }
        if let endpoint = Self.onlyEndpoint(of: history) { facts.append(("endpoint", endpoint.rawValue)) }
        for (index, poll) in history.latestPolls.enumerated() {
            let text = "\(times.minute(poll.polledAt))  \(poll.endpoint.rawValue): \(PollTable.words(of: poll))"
            facts.append((index == 0 ? "latest polls" : "", text))
        }
        if history.latestPolls.isEmpty { facts.append(("latest polls", "never polled")) }
        if let pruned = history.pruned { facts.append(("pruned", ReportWarnings.words(of: pruned, times))) }
        let labelWidth = facts.map(\.label.count).max() ?? 0
        return facts.flatMap { fact in
            var line = TerminalLine("  ")
            line.append(fact.label, .dim)
            line.pad(to: 2 + labelWidth + 2)
            return line.followed(by: fact.text, width: format.width, lines: 2)
        }
    }

    private func customizations(of history: VirtualMachineHistory, _ times: LocalTimeFormat) -> [TerminalLine] {
        guard !history.customizations.isEmpty else {
            return [TerminalLine("No customization of this VM was ever seen.", .dim)]
        }
        typealias Column = TableColumn<Customization>
        let columns = [
            Column("Began") { TableCell($0.startTime.map(times.minute) ?? FigureText.none) },
            Column("Ended") { TableCell($0.endedAt.map(times.minute) ?? FigureText.none) },
            Column("Took", .right, whenNarrow: [Narrowing(2, .drop)]) {
                TableCell(FigureText.duration($0.durationSeconds.flatMap { $0 < 0 ? nil : $0 }))
            },
            Column("Polls", .right, whenNarrow: [Narrowing(1, .drop)]) {
                TableCell($0.endpoint == .events ? FigureText.none : "\($0.polls)")
            },
            Column("Outcome") { TableCell($0.outcome.rawValue) },
        ]
        let endpoint = Column("Endpoint") { TableCell($0.endpoint.rawValue) }
        let table = Table(
            columns: columns + (Self.onlyEndpoint(of: history) == nil ? [endpoint] : []),
            items: history.customizations, mark: { $0.outcome.mark },
            details: { customization, _ in Self.details(of: customization, times) })
        var lines = TableLayout(table, width: format.width).lines
        if history.earlierCustomizations > 0 {
            let earlier = FigureText.counted(history.earlierCustomizations, "earlier customization")
            lines.insert(TerminalLine("  … after \(earlier); --limit shows more", .dim), at: 1)
        }
        return lines
    }

    /// The endpoint of all its customizations; `nil` if there are several endpoints, or no customizations.
    private static func onlyEndpoint(of history: VirtualMachineHistory) -> Endpoint? {
        let endpoints = Set(history.customizations.map(\.endpoint))
        return endpoints.count == 1 ? endpoints.first : nil
    }

    private static func details(of customization: Customization, _ times: LocalTimeFormat) -> [String] {
        let took = customization.durationSeconds
        var details: [String] = []
        if customization.outcome == .failed {
            details.append(ReportWords.error(id: customization.errorID, message: customization.errorMessage))
            details.append(ReportWords.probableCause(customization.cause))
        }
        if let took, took < 0 {
            details.append("clock fault: by the vCenter's clock it ended \(FigureText.duration(-took)) before it began")
        }
        if !customization.outcome.isFinished {
            let last = times.minute(customization.lastPolledAt)
            details.append("last seen \(last), \(customization.status.rawValue)")
        }
        if let told = customization.told { details += Self.details(of: told, customization.outcome) }
        return details
    }
}

extension VirtualMachineHistoryTable {
    private static func details(of told: Customization.ToldByEvents, _ outcome: CustomizationOutcome) -> [String] {
        var who: [String] = []
        if let user = told.userName { who.append("asked for by \(user)") }
        if let log = told.logLocation, outcome != .succeeded { who.append("log \(log)") }
        let seen: String? =
            switch told.alsoSeenAt {
            case .events?: "vCenter's events tell of it too"
            case let polled?: "polls of \(polled.rawValue) saw it too"
            case nil: nil
            }
        return (who.isEmpty ? [] : [who.joined(separator: "; ")]) + (seen.map { [$0] } ?? [])
    }
}

extension CustomizationOutcome {
    fileprivate var mark: TableMark {
        switch self {
        case .succeeded: ("✓", .green)
        case .failed: ("✗", .red)
        case .running, .pending: ("·", .dim)
        case .lost, .other: ("?", .yellow)
        }
    }
}
