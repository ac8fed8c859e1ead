import ArgumentParser
import Foundation
import Logging

/// How much a command says beside its result; all of it goes to standard error.
struct MessageOptions: ParsableArguments {
    enum LogFormat: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @Flag(name: .shortAndLong, help: "Say what goes on, step by step.")
    var verbose = false

    @Flag(name: .shortAndLong, help: "Say nothing but errors.")
    var quiet = false

    @Option(help: "How messages are written: text, or json, one object a line.")
    var logFormat = LogFormat.text

    func validate() throws {
        if verbose && quiet { throw ValidationError("--verbose and --quiet exclude each other.") }
    }

    /// Writes to standard error: warnings and errors, more or less of it as asked for.
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

    /// Tells people one line.
    func say(_ level: Logger.Level, _ message: String) {
        logger.log(level: level, "\(message)")
    }

    /// Whether somebody wants to know all that is told, and not only what is new.
    var tellsAll: Bool { verbose || isTerminal(.standardError) }

    /// Whether a person waits for the end and wants to be told of it.
    var tellsHowItEnded: Bool { !quiet && isTerminal(.standardError) }

    /// Whether a progress bar is wanted: a person looks on, and asked for neither more nor less.
    var showsProgress: Bool { !quiet && !verbose && logFormat == .text && isTerminal(.standardError) }
}
