import Glibc
import Subprocess

/// What a process has as its standard output or standard error.
package enum OutputChannel: Sendable {
    case pipe
    /// A separate pseudo-terminal for this stream. It passes on the bytes as the process wrote them (no `\n` to `\r\n`). The
    /// process has no controlling terminal: send it a `Signal` instead of a Ctrl-C.
    case terminal(columns: UInt16)

    /// Opens the channel; the caller closes the reading end.
    func open() throws -> (reading: CInt, writing: CInt) {
        var reading: CInt = -1
        var writing: CInt = -1
        switch self {
        case .pipe:
            var ends: [CInt] = [-1, -1]
            guard Glibc.pipe(&ends) == 0 else { throw SystemCallFailed("pipe") }
            (reading, writing) = (ends[0], ends[1])
        case .terminal(let columns):
            var settings = termios()
            cfmakeraw(&settings)
            var size = winsize(ws_row: 40, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
            guard openpty(&reading, &writing, nil, &settings, &size) == 0 else { throw SystemCallFailed("openpty") }
        }
        return (reading, writing)
    }
}
