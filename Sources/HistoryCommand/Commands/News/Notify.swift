import ArgumentParser
import Foundation
import GuestCustomization
import HistoryConfiguration
import HistoryStore
import ReportRendering
import VCenterClient

struct Notify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notify",
        abstract: "Tell what is new since it last told: failed, stuck, lost, recovered, not polled.",
        discussion: """
            Prints or posts nothing if nothing is new, so that one line in cron is the whole alarm. What has one cause is one \
            message with a count and ten names. Where it stands is kept in the history for each --channel, and moves on only \
            after the message was delivered: nothing is told twice, and nothing is lost while a webhook is down, except that \
            a stuck customization that succeeds in the meantime is not told. (If the process is killed between the \
            delivery and the note of it, that message is sent again.)

            The first use of a channel tells nothing: what happened before is old, unless --since says otherwise. Later, \
            --since changes nothing, and what a new vCenter or a merged history shows is old if it ended over 30 days before. A recovery is told of every VM that failed, also of one that failed before. That a vCenter was not polled is told even if this machine was down all that time: when it is polled again.

            EXAMPLES
              */10 * * * * \(calledName) collect; \(calledName) notify       a crontab: by mail
              \(calledName) notify --channel ops --format slack --webhook-file /etc/customization-history/slack
              \(calledName) notify --channel ops --format alertmanager --webhook-file /etc/customization-history/alertmanager
              \(calledName) notify --resend 1d                  again once a day, while it lasts
              \(calledName) notify --dry-run --since 7d         see what it would tell

            The webhook file holds the URL alone and is as secret as a password: chmod 600. In cron, separate the two commands \
            with ; and not with &&: when collect fails, notify has to tell that a vCenter is no longer polled.

            Formats: text and json; slack (incoming webhook), teams (webhook of the Workflows app), alertmanager (API v2; the URL \
            is http://HOST:9093: alerts are sent again by each run, and resolved when it is over).

            --since takes \(ReportWindow.grammar).
            """)

    @OptionGroup var database: DatabaseOptions

    @Option(help: ArgumentHelp("Whose turn it is: each channel is told everything once.", valueName: "name"))
    var channel = "default"

    @OptionGroup var delivery: NotificationDelivery

    @Option(
        help: ArgumentHelp(
            "On the first use of a channel, also tell what happened since this time.", valueName: "time"))
    var since: String?

    @Option(help: "Tell again what still lasts, at this interval, such as 1d.")
    var resend: DurationArgument?

    @OptionGroup var thresholds: NewsThresholds

    @Flag(help: "Print what would be told, and let the channel stand where it is.")
    var dryRun = false

    @Flag(help: "Print the JSON Schema of --format json, and nothing else.")
    var schema = false

    @OptionGroup var messages: MessageOptions

    func validate() throws {
        guard (1...200).contains(channel.utf8.count), channel == channel.shown(upTo: 200) else {
            throw ValidationError("--channel: give a name of 1 to 200 printable characters.")
        }
        if let resend, resend.duration < .seconds(60) { throw ValidationError("--resend: give 1m or more.") }
        try delivery.validate(isDryRun: dryRun)
    }

    func run() async throws {
        guard !schema else { return try OutputFile(path: "-").write(NotificationJSON.schema) }
        let clocks = Clocks.machine
        let now = clocks.now()
        let since = try since.map { try ReportWindow(since: $0, now: now, timeZone: .current).since }
        let webhook = dryRun ? nil : try delivery.webhook(by: clocks)
        let history = try dryRun ? database.openForReading(messages: messages) : database.openForChanging()
        let claim = try dryRun ? nil : Self.claim(channel, in: history)
        let (plan, before) = try history.notificationPlan(
            for: channel, since: since, stuckAfterSeconds: thresholds.stuckAfter.duration.seconds,
            resendAfterSeconds: resend?.duration.seconds, silentAfterSeconds: thresholds.silentAfter?.duration.seconds,
            timeZone: .current, at: now)
        let texts = delivery.texts(of: plan.notification, channel: channel, after: before?.deliveredAt)
        let room = dryRun || texts.isEmpty ? nil : try history.reserveRoom(for: plan)
        if let webhook {
            if !texts.isEmpty { try await webhook.post(texts) }
        } else {
            try OutputFile(path: "-").write(texts)
        }
        room?.release()
        if !dryRun, plan.isChange || !texts.isEmpty || delivery.isRegular {
            try await history.noteDelivery(of: plan, on: channel)
        }
        try history.close()
        withExtendedLifetime(claim) {}
        guard !dryRun else { return }
        messages.say(
            .info,
            before == nil
                ? "\(history.path, as: "database"): channel \(channel, as: "channel") begins"
                : "\(history.path, as: "database"): channel \(channel, as: "channel"): \(plan.notification.groups.count, "group", as: "groups") told"
        )
    }

    private static func claim(_ channel: String, in history: HistoryDatabase) throws -> CollectionClaim {
        guard let claim = try history.claimNotifications(on: channel) else {
            throw HistoryError(
                .channelHeld, about: "cannot tell anything on the channel \(channel)",
                "another \(calledName) notify is telling it now", advice: "nothing was told twice; try again later")
        }
        return claim
    }
}
