import ArgumentParser
import GuestCustomization
import HistoryStore

struct Rebuild: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Rebuild what is derived from the polls: the customizations and the latest answers.",
        discussion: """
            Nothing recorded is changed: the customizations are computed again from all polls and answers, in one transaction. A sound \
            history is the same afterwards. It takes about as long as recording the polls did; a run that is collecting waits meanwhile.

            EXAMPLES
              \(calledName) rebuild
              \(calledName) rebuild --database copy.db
            """)

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var messages: MessageOptions

    func run() async throws {
        let history = try database.openForChanging()
        let customizations = try await history.rebuildCustomizations()
        try history.close()
        messages.say(
            .notice,
            "\(history.path, as: "database"): rebuilt \(customizations, "customization", as: "customizations") from the polls"
        )
    }
}
