import GuestCustomization

/// A notification as the text of a mail.
package struct NotificationText: Sendable {
    /// The name by which people call this program.
    package var program: String

    private static let width = 78

    package init(program: String = ProgramName.called) {
        self.program = program
    }

    /// The whole text, ending with a line break.
    package func render(_ notification: Notification) -> String {
        let words = NotificationWords(notification, program: program)
        let groups = notification.groups
        let head =
            TerminalLine().followed(by: NotificationWords.summary(of: notification), width: Self.width)
            + [TerminalLine(words.times.dateTimeAndZone(notification.generatedAt))]
        let blocks = groups.prefix(NotificationWords.maximumGroups).map { group in
            var lines = [TerminalLine(NotificationWords.title(of: group))]
            for line in words.lines(of: group) {
                lines += TerminalLine("  ").followed(by: line, width: Self.width)
            }
            if let next = words.next(after: group) {
                lines.append(TerminalLine("  \(next)"))
            }
            return lines
        }
        let rest = NotificationWords.rest(groups.count - NotificationWords.maximumGroups).map { [TerminalLine($0)] }
        return ([head] + blocks + [rest ?? []]).rendered(width: 200, colors: false)
    }
}
