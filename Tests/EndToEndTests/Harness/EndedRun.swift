import Subprocess

/// How a process under test ended, and all it wrote.
struct EndedRun: Sendable {
    /// `.exited(code)`, or `.signaled(number)` where a signal ended it.
    let termination: TerminationStatus
    let standardOutputBytes: [UInt8]
    let standardErrorBytes: [UInt8]

    /// As UTF-8, with bytes that are none replaced by U+FFFD.
    var standardOutput: String { String(decoding: standardOutputBytes, as: UTF8.self) }
    var standardError: String { String(decoding: standardErrorBytes, as: UTF8.self) }
}
