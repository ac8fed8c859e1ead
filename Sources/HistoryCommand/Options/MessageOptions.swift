import ArgumentParser
import Foundation
import Logging

/// How many messages a command prints besides its result; all of them go to standard error.
struct MessageOptions: ParsableArguments {
    enum LogFormat: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @Flag(name: .shortAndLong, help: "Report each step.")
    var verbose = false

    @Flag(name: .shortAndLong, help: "Print only errors.")
    var quiet = false

    @Option(help: "The format of messages: text, or json with one object per line.")
    var logFormat = LogFormat.text

    func validate() throws {
        if verbose && quiet { throw ValidationError("--verbose and --quiet exclude each other.") }
    }

    /// Writes to standard error: warnings and errors by default.
    var logger: Logger {
        var logger = Logger(label: "history") { [logFormat] _ in
            switch logFormat {
            case .text: PlainLogHandler()
            case .json: JSONLogHandler()
            }
        }
        logger.logLevel = verbose ? .debug : quiet ? .error : .notice
        return logger
    }

    func say(_ level: Logger.Level, _ line: LogLine) {
        logger.log(level: level, "\(line.template)", metadata: line.facts)
    }

    /// Whether to report everything, rather than only what is new.
    var reportsAll: Bool { verbose || isTerminal(.standardError) }

    /// Whether a person is waiting for the end and wants a summary.
    var printsSummary: Bool { !quiet && isTerminal(.standardError) }

    /// Whether to show a progress bar: a person is watching, without --verbose or --quiet.
    var showsProgress: Bool { !quiet && !verbose && logFormat == .text && isTerminal(.standardError) }
}
