import ArgumentParser
import GuestCustomization
import HistoryStore

struct Rebuild: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild",
        abstract: "Rebuild what is derived from the polls: the customizations and the latest answers.",
        discussion: """
            Nothing recorded is changed: the customizations are computed again from all polls and answers, in one transaction. A sound \
            history is the same afterwards. It takes about as long as recording the polls did; a run that is collecting waits meanwhile.

            A customization that polls and vCenter's events both tell of counts once. They are taken for the same one if their ends are at \
            most 5 minutes apart; where the guests' clocks differ more from vCenter's, --event-tolerance makes it more, from now on.

            EXAMPLES
              \(calledName) rebuild
              \(calledName) rebuild --database copy.db
              \(calledName) rebuild --event-tolerance 20m
            """)

    @Option(
        help: ArgumentHelp(
            "How far apart polls and events may put the end of one customization, up to 24h (at first: 5m).",
            valueName: "duration"))
    var eventTolerance: DurationArgument?

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var messages: MessageOptions

    func validate() throws {
        if let eventTolerance, !EventTolerance.allowed.contains(eventTolerance.duration) {
            throw ValidationError("--event-tolerance: give 24h or less.")
        }
    }

    func run() async throws {
        let history = try database.openForChanging()
        let customizations = try await history.rebuildCustomizations(eventTolerance: eventTolerance?.duration)
        try history.close()
        messages.say(
            .notice,
            "\(history.path, as: "database"): rebuilt \(customizations, "customization", as: "customizations") from the polls"
        )
    }
}
