import Foundation
import GuestCustomization

/// The vCenters of a history as a table for terminals, by name.
public struct VCenterTable: Sendable {
    /// Columns that no line exceeds.
    public var width: Int
    public var colors: Bool
    public var timeZone: TimeZone

    public init(width: Int = 100, colors: Bool = false, timeZone: TimeZone = .current) {
        self.width = width
        self.colors = colors
        self.timeZone = timeZone
    }

    /// The whole text, with a line break at its end.
    public func render(_ vCenters: [RecordedVCenter], generatedAt: Timestamp) -> String {
        let times = LocalTimeFormat(timeZone)
        guard !vCenters.isEmpty else { return "No vCenter is recorded yet.\n" }
        var table = AlignedColumns([
            ("NAME", .left), ("VMS", .right), ("RUNS", .right), ("FIRST RUN", .left), ("LAST RUN", .left),
        ])
        for vCenter in vCenters {
            table.append(
                AlignedColumns.Row(
                    mark: (" ", .plain),
                    cells: [
                        TerminalText(vCenter.name, upTo: 60).truncatedInMiddle(to: max(12, min(40, width - 56))).string,
                        String(vCenter.virtualMachines), String(vCenter.runs),
                        vCenter.firstRunAt.map(times.minute) ?? FigureText.none,
                        vCenter.lastRunAt.map(times.minute) ?? FigureText.none,
                    ],
                    details: [
                        vCenter.instanceUUID.map { "instance UUID \($0)" } ?? "instance UUID not known",
                        vCenter.addresses.isEmpty ? nil : "reached at \(vCenter.addresses.joined(separator: ", "))",
                    ].compactMap(\.self)))
        }
        let lines = table.lines(width: width) + [TerminalLine("  times in \(times.zone(at: generatedAt))", .dim)]
        return lines.map { $0.rendered(width: width, colors: colors) + "\n" }.joined()
    }
}
