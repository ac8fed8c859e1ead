import GuestCustomization

/// Why customizations failed: the most frequent errors, as the table format shows them.
enum ErrorTable {
    /// Most failures have few causes; the other formats have all of them.
    private static let shown = 5

    static func lines(_ errors: [ErrorGroup], width: Int) -> [TerminalLine] {
        guard !errors.isEmpty else { return [] }
        var lines = [TerminalLine("  FAILED    VMS  ERROR", .dim)]
        for error in errors.prefix(shown) {
            var line = TerminalLine()
            line.append(String(error.count), endingAt: 8)
            line.append(String(error.virtualMachines), endingAt: 15)
            line.append("  ")
            lines += line.followed(by: errorText(id: error.id, message: error.message), width: width, lines: 2)
        }
        let rest = errors.dropFirst(shown)
        if !rest.isEmpty {
            let failures = rest.reduce(0) { $0 + $1.count }
            var line = TerminalLine()
            line.append(String(failures), endingAt: 8)
            line.append("         … with \(FigureText.counted(rest.count, "other error")); --format json has all", .dim)
            lines.append(line)
        }
        return lines
    }

    /// What a person reads of an error: its message, else its identifier, else that there was none.
    static func errorText(id: String?, message: String?) -> String {
        message ?? id ?? "vCenter reported no error"
    }
}
