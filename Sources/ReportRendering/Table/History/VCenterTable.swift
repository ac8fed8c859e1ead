import GuestCustomization

/// The vCenters of a history as a table for terminals, by name.
package struct VCenterTable: Sendable {
    /// Width, colours and time zone.
    package var format: TableFormat

    package init(_ format: TableFormat) {
        self.format = format
    }

    /// The whole text, ending with a line break.
    package func render(_ vCenters: [RecordedVCenter], generatedAt: Timestamp) -> String {
        let times = LocalTimeFormat(format.timeZone)
        guard !vCenters.isEmpty else { return "No vCenter is recorded yet.\n" }
        typealias Column = TableColumn<RecordedVCenter>
        let table = Table(
            columns: [
                Column("Name", maximumWidth: 40, whenNarrow: [Narrowing(1, .shorten(to: 12))]) {
                    TableCell($0.name)
                },
                Column("VMs", .right) { "\($0.virtualMachines)" },
                Column("Runs", .right) { "\($0.runs)" },
                Column("First run") { TableCell($0.firstRunAt.map(times.minute) ?? FigureText.none) },
                Column("Last run") { TableCell($0.lastRunAt.map(times.minute) ?? FigureText.none) },
            ], items: vCenters,
            details: { vCenter, _ in
                [
                    vCenter.instanceUUID.map { "instance UUID \($0)" } ?? "instance UUID not known",
                    vCenter.addresses.isEmpty ? nil : "at \(vCenter.addresses.joined(separator: ", "))",
                ].compactMap(\.self)
            })
        let lines =
            TableLayout(table, width: format.width).lines + [
                TerminalLine("  times in \(times.zone(at: generatedAt))", .dim)
            ]
        return lines.rendered(width: format.width, colors: format.colors)
    }
}
