import ArgumentParser

struct ShellInit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shell-init",
        abstract:
            "Print a shell function that makes `history report` and the other subcommands run this program, not the shell's builtin.",
        discussion: """
            In bash and zsh, the builtin `history` takes precedence over any program of that name. The function sends this program's \
            subcommands to it and everything else to the builtin.

            EXAMPLES
              eval "$(customization-history shell-init bash)"    in ~/.bashrc
              eval "$(customization-history shell-init zsh)"     in ~/.zshrc
            """)

    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash, zsh
    }

    @Argument(help: "The shell: bash or zsh.")
    var shell: Shell

    func run() throws {
        let names = History.configuration.subcommands.map { $0._commandName }.sorted() + ["help"]
        try OutputFile(path: "-").write(
            """
            history() {
              case "${1-}" in
                \(names.joined(separator: "|"))) command customization-history "$@" ;;
                *) builtin \(shell == .bash ? "history" : "fc -l") "$@" ;;
              esac
            }

            """)
    }
}
