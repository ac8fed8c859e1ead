import ArgumentParser
import Glibc
import GuestCustomization
import HistoryConfiguration
import HistoryEvidence
import HistoryStore

struct Head: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "head",
        abstract: "Print the head of the history: three lines that fix everything recorded so far.",
        discussion: """
            Keep it where whoever can change the history cannot change it: by mail, in a ticket, on another machine, on paper. \
            `\(calledName) verify --expect FILE` then detects any change since. It is a C2SP checkpoint, and with --sign a C2SP signed note. \
            `collect --log-head` logs it after each pass, and head_command: in the configuration hands it to a program.

            EXAMPLES
              \(calledName) head | mail -s 'customization history' auditor@example.org
              \(calledName) head --new-key /etc/customization-history/head.key      its public key goes to head.key.pub
              \(calledName) head --sign /etc/customization-history/head.key > head.txt
              \(calledName) verify --expect head.txt --key head.key.pub
            """)

    @OptionGroup var database: DatabaseOptions

    @Option(
        help: ArgumentHelp("Sign the head with this private Ed25519 key (PEM, mode 600).", valueName: "key"))
    var sign: String?

    @Option(
        help: ArgumentHelp(
            "Create a private Ed25519 key in this file, and its public key in FILE.pub, instead.", valueName: "file"))
    var newKey: String?

    @OptionGroup var messages: MessageOptions

    func validate() throws {
        if sign != nil, newKey != nil { throw ValidationError("--sign and --new-key exclude each other.") }
    }

    func run() throws {
        if let newKey { return try Self.create(newKey, messages) }
        let key = try sign.map(Self.key)
        let head = try database.openForReading(messages: messages).head()
        try OutputFile(path: "-").write(try key?.signed(head) ?? head.text)
    }

    private static func key(_ path: String) throws -> NoteKey {
        guard let key = NoteKey(pem: try SecretFile(path: path, of: "signing key").secret.exposed) else {
            throw HistoryError(
                .configuration, about: "signing key file \(path)", "it is not a private Ed25519 key in PEM",
                advice: "create one with `\(ProgramName.called) head --new-key FILE`")
        }
        return key
    }

    private static func create(_ path: String, _ messages: MessageOptions) throws {
        let key = NoteKey()
        try NewFile(path: path + ".pub", mode: 0o644).write(key.publicPEM)
        do {
            try NewFile(path: path, mode: 0o600).write(key.privatePEM)
        } catch {
            unlink(path + ".pub")
            throw error
        }
        messages.say(
            .notice,
            "created \(path, as: "key"), which signs, and \(path + ".pub", as: "public_key"), which checks; give the second to whoever keeps the heads"
        )
    }
}
