import Subprocess

/// How a process ended and what it wrote.
package struct EndedRun: Sendable {
    /// `.exited(code)`, or `.signaled(number)` if a signal ended it.
    package let termination: TerminationStatus
    package let standardOutputBytes: [UInt8]
    package let standardErrorBytes: [UInt8]

    /// As UTF-8, with invalid bytes replaced by U+FFFD.
    package var standardOutput: String { String(decoding: standardOutputBytes, as: UTF8.self) }
    package var standardError: String { String(decoding: standardErrorBytes, as: UTF8.self) }
}
