import ArgumentParser
import Foundation
import Logging

/// How much a command says beside its result; all of it goes to standard error.
struct OutputOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Say what goes on, step by step.")
    var verbose = false

    @Flag(name: .shortAndLong, help: "Say nothing but errors.")
    var quiet = false

    func validate() throws {
        if verbose && quiet { throw ValidationError("--verbose and --quiet exclude each other.") }
    }

    var logger: Logger {
        var logger = Self.quietLogger
        if verbose { logger.logLevel = .debug }
        return logger
    }

    /// Tells of errors only.
    static var quietLogger: Logger {
        var logger = Logger(label: "history") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        return logger
    }

    /// Whether a progress bar is wanted: a person looks on, and asked for neither more nor less.
    var showsProgress: Bool { !quiet && !verbose && isTerminal(.standardError) }
}
