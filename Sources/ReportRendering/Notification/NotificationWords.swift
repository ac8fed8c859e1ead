import GuestCustomization

/// Wording of notifications that the formats for people share. What comes from VMs and guests is on one line and bounded; each format
/// escapes it in its own way.
struct NotificationWords {
    /// The name by which people call this program.
    var program: String
    var times: LocalTimeFormat

    /// A group that is not listed is counted.
    static let maximumGroups = 20
    private static let maximumNames = 10
    private static let maximumVCenters = 5
    private static let nameLimit = 60
    private static let errorLimit = 200

    init(_ notification: Notification, program: String) {
        self.program = program
        times = LocalTimeFormat(notification.timeZone)
    }

    /// `2 customizations failed, 1 VM recovered`: without a text of anybody else's.
    static func summary(of notification: Notification) -> String {
        let byKind = Dictionary(grouping: notification.groups, by: \.kind).mapValues {
            $0.reduce(0) { $0 + $1.subjects.count }
        }
        return NotificationGroup.Kind.allCases.compactMap { kind in byKind[kind].map { kind.words($0) } }
            .joined(separator: ", ")
    }

    /// `40 customizations failed on 38 VMs`
    static func title(of group: NotificationGroup) -> String {
        let vms = group.virtualMachines
        let title = group.kind.words(group.subjects.count)
        return group.kind == .failed && vms < group.subjects.count
            ? "\(title) on \(FigureText.counted(vms, "VM"))" : title
    }

    /// What more there is to say of a group, a sentence in each line.
    func lines(of group: NotificationGroup) -> [String] {
        var lines: [String] = []
        let isFailure = group.kind == .failed || group.kind == .stillFailing
        if isFailure { lines.append(ReportWords.probableCause(group.cause)) }
        if group.subjects.contains(where: { $0.vm != nil }) {
            lines.append(names(of: group))
            lines.append("on " + vCenters(of: group))
            lines.append(when(group))
        } else {
            lines += group.subjects.prefix(Self.maximumNames).map { "\(Self.name($0.vCenter)), \(polls(of: $0))" }
            let others = group.subjects.count - Self.maximumNames
            if others > 0 { lines.append("and \(others) more") }
        }
        if isFailure {
            let text = ReportWords.error(id: group.error?.id, message: group.error?.message)
            lines.append("latest error: \(text.visible(upTo: Self.errorLimit))")
        }
        return lines
    }

    /// What to type next; `nil` if there is nothing to do.
    func next(after group: NotificationGroup) -> String? { command(for: group).map { "next: \($0)" } }

    private func command(for group: NotificationGroup) -> String? {
        switch group.kind {
        case .failed, .stillFailing:
            group.cause.map { "\(program) failing --error \($0.name); \(program) explain \($0.name)" }
                ?? "\(program) failing"
        case .stuck, .stillStuck: "\(program) failing --stuck"
        case .lost: "\(program) report --only lost"
        case .notPolled, .stillNotPolled: "\(program) runs"
        case .recovered, .polledAgain: nil
        }
    }

    /// `… and 3 more groups`; `nil` if all are listed.
    static func rest(_ count: Int) -> String? {
        count > 0 ? "… and \(FigureText.counted(count, "more group"))" : nil
    }

    private func names(of group: NotificationGroup) -> String {
        var seen: Set<[String]> = []
        let vms = group.subjects.filter {
            seen.insert([$0.vCenter, $0.vm?.id ?? "", $0.vm?.instanceUUID ?? ""]).inserted
        }
        let names = vms.prefix(Self.maximumNames).map { subject in
            let name = Self.name(subject.vm?.name ?? "")
            return name.isEmpty ? Self.name(subject.vm?.id ?? "") : name
        }.joined(separator: ", ")
        let others = vms.count - Self.maximumNames
        return others > 0 ? "\(names) and \(others) more" : names
    }

    private func vCenters(of group: NotificationGroup) -> String {
        let all = group.vCenters
        let names = all.prefix(Self.maximumVCenters).map { vCenter in
            Self.name(vCenter.name) + (all.count > 1 ? " (\(vCenter.count))" : "")
        }.joined(separator: ", ")
        let others = all.count - Self.maximumVCenters
        return others > 0 ? "\(names) and \(FigureText.counted(others, "more vCenter"))" : names
    }

    private func polls(of vCenter: NotificationGroup.Subject) -> String {
        let at = times.minute(vCenter.at)
        if let since = vCenter.since { return "no good poll after \(times.minute(since)), good poll \(at)" }
        return vCenter.wasPolled ? "no good poll since \(at)" : "no good poll yet; first run \(at)"
    }

    private func when(_ group: NotificationGroup) -> String {
        guard let first = group.subjects.first?.at, let last = group.subjects.last?.at else { return "" }
        let (from, to) = (times.minute(first), times.minute(last))
        let word =
            switch group.kind {
            case .stuck, .stillStuck, .stillFailing: "since"
            case .lost: "last seen"
            default: "at"
            }
        return from == to ? "\(word) \(from)" : "\(word) \(from) to \(to)"
    }

    private static func name(_ text: String) -> String { text.visible(upTo: nameLimit) }
}

extension NotificationGroup.Kind {
    /// `40 customizations failed`
    fileprivate func words(_ count: Int) -> String {
        let customizations = FigureText.counted(count, "customization")
        let vms = FigureText.counted(count, "VM")
        let vCenters = FigureText.counted(count, "vCenter")
        let (are, were) = count == 1 ? ("is", "was") : ("are", "were")
        return switch self {
        case .failed: "\(customizations) failed"
        case .stuck: "\(customizations) \(are) stuck"
        case .lost: "\(customizations) \(were) lost"
        case .stillFailing: "\(vms) still \(count == 1 ? "fails" : "fail")"
        case .stillStuck: "\(customizations) \(are) still stuck"
        case .recovered: "\(vms) recovered"
        case .notPolled: "\(vCenters) \(are) no longer polled"
        case .stillNotPolled: "\(vCenters) \(are) still not polled"
        case .polledAgain: "\(vCenters) \(are) polled again"
        }
    }
}
