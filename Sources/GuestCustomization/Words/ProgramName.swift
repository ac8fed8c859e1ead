/// What this program is called in what it says to people.
package enum ProgramName {
    /// The name that it was called by, since in bash and zsh `history` alone is a builtin and a line to copy has to work:
    /// `history`, `customization-history`, or that of a link of the administrator's.
    ///
    /// A name that could not be typed as it is, such as one with a space, gives `history`.
    package static let called = of(argument: CommandLine.arguments.first)

    /// - Parameter argument: The first of a process's arguments; `nil` for a process that was given none.
    static func of(argument: String?) -> String {
        guard let name = argument?.split(separator: "/").last, !name.hasPrefix("-"), name.utf8.count <= 64,
            name.utf8.allSatisfy({
                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-".utf8.contains($0)
            })
        else { return "history" }
        return String(name)
    }
}
