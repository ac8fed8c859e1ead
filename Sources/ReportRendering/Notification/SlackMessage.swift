import GuestCustomization

/// A notification as the body of a Slack incoming webhook.
///
/// All texts are `plain_text`, in which Slack reads no mention, link or format; `&`, `<` and `>` are escaped as Slack asks for. Limits: 50
/// blocks, 3000 characters in a section and 150 in a header. Sources: docs.slack.dev, "Text object", "Blocks", "Formatting message text".
package struct SlackMessage: Sendable {
    /// The name by which people call this program.
    package var program: String

    private static let sectionLimit = 2900
    private static let headerLimit = 140

    package init(program: String = ProgramName.called) {
        self.program = program
    }

    /// The whole body.
    package func render(_ notification: Notification) -> String {
        let words = NotificationWords(notification, program: program)
        let summary = NotificationWords.summary(of: notification)
        var sections = notification.groups.prefix(NotificationWords.maximumGroups).map { group in
            let next = words.next(after: group).map { [$0] } ?? []
            return ([NotificationWords.title(of: group)] + words.lines(of: group) + next).joined(separator: "\n")
        }
        sections += [NotificationWords.rest(notification.groups.count - sections.count)].compactMap(\.self)
        var json = JSONWriter()
        json.object { json in
            // Shown where blocks are not, such as in a push message.
            json.field("text", Self.escaped(summary, upTo: Self.sectionLimit))
            json.field("mrkdwn", false)
            json.field("unfurl_links", false)
            json.field("unfurl_media", false)
            json.field("blocks", array: Array(([summary] + sections).enumerated())) { json, block in
                let isHeader = block.offset == 0
                json.field("type", isHeader ? "header" : "section")
                json.field("text") { json in
                    json.field("type", "plain_text")
                    json.field(
                        "text", Self.escaped(block.element, upTo: isHeader ? Self.headerLimit : Self.sectionLimit))
                    json.field("emoji", false)
                }
            }
        }
        return json.text
    }

    /// - Parameter limit: In UTF-16 code units, after escaping.
    private static func escaped(_ text: String, upTo limit: Int) -> String {
        var (escaped, length) = ("", 0)
        for scalar in text.unicodeScalars {
            let piece =
                switch scalar {
                case "&": "&amp;"
                case "<": "&lt;"
                case ">": "&gt;"
                default: String(scalar)
                }
            length += piece.utf16.count
            guard length < limit else { return escaped + "…" }
            escaped += piece
        }
        return escaped
    }
}
