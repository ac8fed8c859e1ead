/// The name of this program in its messages.
package enum ProgramName {
    /// The name by which the program was invoked: `history`, `customization-history`, or the name of an administrator's link. In bash
    /// and zsh `history` alone is a builtin, and a command copied from a message has to work.
    ///
    /// A name that cannot be typed without quoting, such as one with a space, gives `history`.
    package static let called = of(argument: GivenArguments.all.first)

    /// - Parameter argument: The first argument of the process; `nil` if it was given none.
    static func of(argument: String?) -> String {
        guard let name = argument?.split(separator: "/").last, !name.hasPrefix("-"), name.utf8.count <= 64,
            name.utf8.allSatisfy({
                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-".utf8.contains($0)
            })
        else { return "history" }
        return String(name)
    }
}
