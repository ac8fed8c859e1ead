import Foundation
import ReportRendering
import Synchronization

/// Whether the stream is a terminal, rather than a file, a pipe or cron's mail.
func isTerminal(_ stream: FileHandle) -> Bool {
    isatty(stream.fileDescriptor) == 1
}

/// Prints one line for people to standard error, safe for a terminal whatever it contains. Standard output carries only results.
func say(_ line: String) {
    TransientLine.replace(by: TerminalText(line).string + "\n")
}

/// Asks a question on standard error, without ending its line.
func ask(_ question: String) {
    TransientLine.replace(by: TerminalText(question).string + " ")
}

/// The line on standard error that is redrawn, such as a progress bar. A message erases it first, so that the two never share
/// a line.
enum TransientLine {
    private static let eraser = "\r\u{1B}[2K"
    private static let standardError = Mutex(PatientStream(descriptor: STDERR_FILENO))
    private static let isDrawn = Mutex(false)

    /// Replaces the line drawn before.
    static func draw(_ text: String) {
        isDrawn.withLock {
            write(eraser + text)
            $0 = true
        }
    }

    /// Erases the line, and prints `text` in its place.
    static func replace(by text: String) {
        isDrawn.withLock {
            write(($0 ? eraser : "") + text)
            $0 = false
        }
    }

    private static func write(_ text: String) {
        standardError.withLock { $0.write(text) }
    }
}
