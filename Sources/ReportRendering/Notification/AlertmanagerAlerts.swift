import GuestCustomization

/// What lasts as alerts for Prometheus' Alertmanager, the body of `POST /api/v2/alerts`.
///
/// Alertmanager resolves an alert at its `endsAt` unless it is sent again before: so everything that lasts is sent each time, with an end
/// well after the next time, and what is over with its end now. Prometheus does the same (`endsAt` is four intervals ahead).
/// Source: prometheus.io/docs/alerting/latest/alerts_api.
package struct AlertmanagerAlerts: Sendable {
    /// When an alert that is not sent again is over.
    private let firingUntil: Timestamp

    private static let intervalsAhead = 4.0
    private static let minimumSecondsAhead = 3600.0
    private static let maximumSecondsAhead = 7 * 86_400.0
    /// How long a lost customization, which is an event and no state, is shown.
    private static let eventSeconds = 3600.0
    /// Alerts in one request; Prometheus sends as many.
    private static let batchSize = 256
    private static let textLimit = 300

    /// - Parameter deliveredAt: The delivery before; `nil` if there was none.
    package init(at now: Timestamp, after deliveredAt: Timestamp?) {
        let interval = deliveredAt.map { max(0, now.seconds(since: $0)) } ?? 0
        firingUntil = now.advanced(
            bySeconds: min(max(Self.intervalsAhead * interval, Self.minimumSecondsAhead), Self.maximumSecondsAhead))
    }

    /// The bodies of as many requests as are needed; none if there is no alert to send.
    package func render(_ notification: Notification) -> [String] {
        let now = notification.generatedAt
        let over = notification.ended.filter(\.isTold).map { Alert($0, from: $0.since, to: now) }
        let lasting = notification.lasting.filter(\.isTold).map { Alert($0, from: min($0.since, now), to: firingUntil) }
        let lost = notification.groups.filter { $0.kind == .lost }.flatMap(\.subjects).map {
            Alert(lost: $0, from: min($0.at, now), to: now.advanced(bySeconds: Self.eventSeconds))
        }
        // One that began anew since it was over fires.
        var byLabels: [[String]: Alert] = [:]
        for alert in over + lasting + lost { byLabels[alert.labels.map(\.value)] = alert }
        let alerts = byLabels.values.sorted { $0.sortKey < $1.sortKey }
        return stride(from: 0, to: alerts.count, by: Self.batchSize).map { start in
            var json = JSONWriter()
            json.array(Array(alerts[start..<min(start + Self.batchSize, alerts.count)])) { $0.fields(of: $1) }
            return json.text
        }
    }

    fileprivate struct Alert {
        var labels: [(name: String, value: String)]
        var annotations: [(name: String, value: String)] = []
        var startsAt: Timestamp
        var endsAt: Timestamp

        var sortKey: String { labels.map(\.value).joined(separator: "\u{1F}") }

        init(_ problem: LastingProblem, from start: Timestamp, to end: Timestamp) {
            switch problem.subject {
            case .failing: self.init("CustomizationFailing", problem.vCenter, problem.vm, from: start, to: end)
            case .stuck: self.init("CustomizationStuck", problem.vCenter, problem.vm, from: start, to: end)
            case .notPolled: self.init("VCenterNotPolled", problem.vCenter, nil, from: start, to: end)
            }
            guard case .failing = problem.subject, let error = problem.error else { return }
            let cause = error.cause(names: [problem.vm?.name, problem.vm?.id].compactMap(\.self))
            annotate("error", ReportWords.error(id: error.id, message: error.message))
            annotate("cause", cause?.name ?? FailureCause.unknownName)
            annotate("description", ReportWords.probableCause(cause))
        }

        init(lost subject: NotificationGroup.Subject, from start: Timestamp, to end: Timestamp) {
            self.init("CustomizationLost", subject.vCenter, subject.vm, from: start, to: end)
        }

        private init(
            _ name: String, _ vCenter: String, _ vm: CustomizedVM?, from start: Timestamp, to end: Timestamp
        ) {
            labels = [("alertname", name), ("vcenter", vCenter.visible(upTo: textLimit))]
            if let vm { labels.append(("vm", vm.id.visible(upTo: textLimit))) }
            labels.append(("severity", name == "CustomizationLost" ? "info" : "warning"))
            startsAt = min(start, end)
            endsAt = end
            let shown = vm.map { $0.name.isEmpty ? $0.id : $0.name } ?? vCenter
            annotate("summary", "\(Self.summaries[name] ?? name): \(shown)")
            if let vm { annotate("vm_name", vm.name) }
        }

        private static let summaries = [
            "CustomizationFailing": "the VM's latest customization failed",
            "CustomizationStuck": "the VM's customization is stuck",
            "CustomizationLost": "the end of the VM's customization was not seen",
            "VCenterNotPolled": "the vCenter is no longer polled",
        ]

        private mutating func annotate(_ name: String, _ text: String) {
            annotations.append((name, text.visible(upTo: textLimit)))
        }
    }
}

extension JSONWriter {
    fileprivate mutating func fields(of alert: AlertmanagerAlerts.Alert) {
        field("labels") { json in for label in alert.labels { json.field(label.name, label.value) } }
        field("annotations") { json in for text in alert.annotations { json.field(text.name, text.value) } }
        field("startsAt", alert.startsAt.rfc3339)
        field("endsAt", alert.endsAt.rfc3339)
    }
}
