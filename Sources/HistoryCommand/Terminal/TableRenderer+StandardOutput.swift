import Foundation
import ReportRendering

extension TableRenderer {
    /// As wide as the terminal, with colours and bars if it supports them; otherwise 100 columns of plain text.
    static var forStandardOutput: TableRenderer {
        let environment = ProcessInfo.processInfo.environment
        let isOnTerminal = isTerminal(.standardOutput)
        // https://no-color.org: any non-empty value.
        let colors = isOnTerminal && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
        return TableRenderer(
            width: isOnTerminal ? min(max(terminalWidth ?? 100, 60), 160) : 100, colors: colors,
            graphics: isOnTerminal && TerminalSigns.current == .unicode && environment["TERM"] != "dumb")
    }

    private static var terminalWidth: Int? {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}

extension TableFormat {
    /// The same for the other tables, with times of this machine's zone.
    static var forStandardOutput: TableFormat {
        let table = TableRenderer.forStandardOutput
        return TableFormat(width: table.width, colors: table.colors)
    }
}
