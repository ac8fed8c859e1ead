import Foundation

/// Whether the stream leads to a terminal, and not to a file, a pipe or cron's mail.
func isTerminal(_ stream: FileHandle) -> Bool {
    isatty(stream.fileDescriptor) == 1
}

/// Prints one line for people to standard error; standard output carries results only.
func say(_ line: String) {
    // A reader that went away, or a full disk under a log, is no reason to lose polls: `write(_:)` would end the process.
    try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
}
