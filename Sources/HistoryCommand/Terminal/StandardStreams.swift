import Foundation
import ReportRendering
import Synchronization

/// Whether the stream leads to a terminal, and not to a file, a pipe or cron's mail.
func isTerminal(_ stream: FileHandle) -> Bool {
    isatty(stream.fileDescriptor) == 1
}

/// Prints one line for people to standard error, fit for a terminal whatever it holds; standard output carries results only.
func say(_ line: String) {
    TransientLine.replace(by: TerminalText(line).string + "\n")
}

/// Asks a question on standard error, without ending its line.
func ask(_ question: String) {
    TransientLine.replace(by: TerminalText(question).string + " ")
}

/// The line on standard error that is drawn over and over, such as a progress bar. A message takes it away first, so that the two never share
/// a line.
enum TransientLine {
    private static let eraser = "\r\u{1B}[2K"
    private static let standardError = Mutex(PatientStream(descriptor: STDERR_FILENO))
    private static let isDrawn = Mutex(false)

    /// Draws the line in the place of what was drawn before.
    static func draw(_ text: String) {
        isDrawn.withLock {
            write(eraser + text)
            $0 = true
        }
    }

    /// Takes the line away, and prints `text` where it stood.
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
