import ArgumentParser
import Foundation
import GuestCustomization
import HistoryConfiguration
import ReportRendering
import VCenterClient

/// How a notification is written, and where it goes.
struct NotificationDelivery: ParsableArguments {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json, slack, teams, alertmanager
    }

    @Option(
        help:
            "The message's format: text, json, slack, teams or alertmanager (default: text; json with --webhook-file).")
    var format: Format?

    @Option(
        help: ArgumentHelp(
            "A file of mode 600 with the URL to post to (default: print to standard output).", valueName: "file"))
    var webhookFile: String?

    @Option(
        help: ArgumentHelp(
            "A PEM file of the authorities to trust for it (default: the system's).", valueName: "file"))
    var caFile: String?

    /// Whether the time of each run counts, even if there is nothing to deliver: the ends of alerts follow from it.
    var isRegular: Bool { chosen == .alertmanager }

    private var chosen: Format { format ?? (webhookFile == nil ? .text : .json) }

    func validate(isDryRun: Bool) throws {
        if webhookFile != nil, chosen == .text {
            throw ValidationError("--format text is for standard output: give json, slack, teams or alertmanager.")
        }
        if webhookFile == nil, !isDryRun, ![.text, .json].contains(chosen) {
            throw ValidationError("--format \(chosen.rawValue) needs --webhook-file, or --dry-run to see the message.")
        }
        if caFile != nil, webhookFile == nil { throw ValidationError("--ca-file is for --webhook-file.") }
    }

    /// Where the message goes; `nil` for standard output.
    ///
    /// - Throws: `HistoryError`, 78.
    func webhook(by clocks: Clocks) throws -> Webhook? {
        guard let webhookFile else { return nil }
        let url = try WebhookURL(file: webhookFile, allowsPlainHTTP: chosen == .alertmanager)
        let trust = try caFile.map { try CertificateTrust(authorityFiles: [$0], authoritySetting: "--ca-file") }
        let route = try ProxyRoute(to: url.address, environment: ProcessInfo.processInfo.environment)
        return Webhook(
            url, target: chosen == .alertmanager ? url.alertmanagerTarget : nil, trust: trust ?? .system,
            proxy: route.proxy, clock: clocks.steady, now: clocks.now)
    }

    /// The messages to deliver, one after the other; none if there is nothing to tell.
    ///
    /// - Parameter deliveredAt: The delivery before.
    func texts(of notification: GuestCustomization.Notification, channel: String, after deliveredAt: Timestamp?)
        -> [String]
    {
        if chosen == .alertmanager {
            return AlertmanagerAlerts(at: notification.generatedAt, after: deliveredAt).render(notification)
        }
        guard !notification.isEmpty else { return [] }
        return switch chosen {
        case .text: [NotificationText().render(notification)]
        case .json: [NotificationJSON(channel: channel).render(notification)]
        case .slack: [SlackMessage().render(notification)]
        case .teams: [TeamsMessage().render(notification)]
        case .alertmanager: []
        }
    }
}
