import ArgumentParser
import GuestCustomization
import ReportRendering

/// An error in the arguments, in the parser's words, with the word that was probably meant.
///
/// The parser suggests the nearest option, but nothing for subcommands and values.
struct UsageError {
    /// The error, the argument's help, the usage.
    let lines: [String]

    /// `nil` for an error that is not about the arguments.
    init?(_ error: any Error, arguments: some Sequence<String>) {
        let arguments = Array(arguments)
        let unknown = Self.unknownSubcommand(in: arguments)
        // `help` accepts any word and, if there is no such subcommand, shows the general help.
        let isHelpOnNothing = unknown != nil && arguments.first == "help"
        guard History.exitCode(for: error) == .validationFailure || isHelpOnNothing else { return nil }

        var message = History.message(for: error)
        var text = History.fullMessage(for: error)
        // The parser repeats an argument unchanged: line breaks in it must not look like ours.
        if arguments.contains(where: { $0.contains(where: \.isNewline) }) {
            let oneLine = TerminalText(message).string
            text = text.replacing(message, with: oneLine, maxReplacements: 1)
            message = oneLine
        }
        if let unknown {
            // The parser's own words would be about an option of the subcommand.
            let usage = isHelpOnNothing ? "  See '\(calledName) --help' for more information." : Self.usage(in: text)
            text =
                "Error: Unknown subcommand '\(TerminalText(unknown.word).string)'."
                + Self.suggestion(unknown.word, unknown.known, before: "") + "\n" + usage
        } else if let (word, known) = Self.unknownValue(in: message) {
            text = text.replacing(message, with: message + Self.suggestion(word, known, before: ""), maxReplacements: 1)
        } else if let word = message.wholeMatch(of: #/Unknown option '(--[^']+)'/#)?.1 {
            // The options of every command, which the parser does not search.
            let suggestion = Self.suggestion(String(word), ["--help", "--version"], before: ".")
            text = text.replacing(message, with: message + suggestion, maxReplacements: 1)
        }
        if text.hasPrefix("Error: ") { text = "\(calledName): " + text.dropFirst("Error: ".count) }
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    private static func suggestion(_ word: String, _ known: [String], before: String) -> String {
        NearestWord.to(word, among: known).map { "\(before) Did you mean '\($0)'?" } ?? ""
    }

    /// The usage, without the message and the argument's help.
    private static func usage(in text: String) -> String {
        text.firstRange(of: "Usage: ").map { String(text[$0.lowerBound...]) } ?? ""
    }

    /// The first argument that should be a subcommand and is not.
    private static func unknownSubcommand(in arguments: [String]) -> (word: String, known: [String])? {
        var command: any ParsableCommand.Type = History.self
        var arguments = arguments[...]
        if arguments.first == "help" { arguments = arguments.dropFirst() }
        while let word = arguments.popFirst(), !word.hasPrefix("-"), !command.configuration.subcommands.isEmpty {
            let subcommands = command.configuration.subcommands
            guard
                let found = subcommands.first(where: {
                    $0._commandName == word || $0.configuration.aliases.contains(word)
                })
            else { return (word, subcommands.map { $0._commandName } + (command == History.self ? ["help"] : [])) }
            command = found
        }
        return nil
    }

    /// A value that its option does not accept, from the parser's message, which lists the accepted ones.
    private static func unknownValue(in message: String) -> (word: String, known: [String])? {
        guard let value = message.prefixMatch(of: #/The value '(.*?)' is invalid for /#),
            let list = message.firstRange(of: ". Please provide one of ")
        else { return nil }
        let listed = message[list.upperBound...]
        let known =
            listed.matches(of: #/'([^']+)'/#).map { String($0.1) }
            + listed.matches(of: #/  - (.+)/#).map { String($0.1) }
        return (String(value.1), known)
    }
}
