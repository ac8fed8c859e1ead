import GuestCustomization

/// Why customizations failed: the most frequent errors, as the table format shows them.
enum ErrorTable {
    /// Most failures have few causes; other formats, and `--by error`, have all of them.
    static let fewest = 5
    private static let barWidth = 10

    static func lines(_ errors: [ErrorGroup], width: Int, limit: Int = fewest, graphics: Bool = false) -> [TerminalLine]
    {
        guard !errors.isEmpty else { return [] }
        let most = errors.map(\.count).max() ?? 1
        var head = TerminalLine("  FAILED    VMS  ", .dim)
        if graphics { head.pad(to: head.width + barWidth + 2) }
        head.append("ERROR", .dim)
        var lines = [head]
        for error in errors.prefix(limit) {
            var line = TerminalLine()
            line.append(String(error.count), endingAt: 8)
            line.append(String(error.virtualMachines), endingAt: 15)
            line.append("  ")
            if graphics {
                line.append(HorizontalBar.text(Double(error.count) / Double(most), columns: barWidth), .red)
                line.append("  ")
            }
            lines += line.followed(by: errorText(id: error.id, message: error.message), width: width, lines: 2)
        }
        let rest = errors.dropFirst(limit)
        if !rest.isEmpty {
            let failures = rest.reduce(0) { $0 + $1.count }
            var line = TerminalLine()
            line.append(String(failures), endingAt: 8)
            line.append("         … with \(FigureText.counted(rest.count, "other error")); --by error has all", .dim)
            lines.append(line)
        }
        return lines
    }

    /// What a person reads of an error: its message, else its identifier, else that there was none.
    static func errorText(id: String?, message: String?) -> String {
        message ?? id ?? "vCenter reported no error"
    }
}
