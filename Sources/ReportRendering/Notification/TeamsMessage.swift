import GuestCustomization

/// A notification as the body of a Teams webhook made by the Workflows app: an Adaptive Card.
///
/// Texts are `TextRun`s, in which Adaptive Cards read no Markdown, so that a VM's name makes no link; a mention would need an entity, of which
/// there is none. A message has at most 28 KB. Sources: learn.microsoft.com, "Create and send messages"; adaptivecards.io, "TextRun".
package struct TeamsMessage: Sendable {
    /// The name by which people call this program.
    package var program: String

    /// Bytes, with room for what Teams adds.
    private static let maximumSize = 26_000

    package init(program: String = ProgramName.called) {
        self.program = program
    }

    /// The whole body, with as many groups as fit.
    package func render(_ notification: Notification) -> String {
        var shown = min(notification.groups.count, NotificationWords.maximumGroups)
        while true {
            let text = render(notification, groups: shown)
            if text.utf8.count <= Self.maximumSize || shown <= 1 { return text }
            shown -= 1
        }
    }

    private func render(_ notification: Notification, groups shown: Int) -> String {
        let words = NotificationWords(notification, program: program)
        var blocks: [(title: String, lines: [String])] = [(NotificationWords.summary(of: notification), [])]
        blocks += notification.groups.prefix(shown).map { group in
            (
                NotificationWords.title(of: group),
                words.lines(of: group) + (words.next(after: group).map { [$0] } ?? [])
            )
        }
        blocks += [NotificationWords.rest(notification.groups.count - shown)].compactMap(\.self).map { ($0, []) }
        // Each line is a block of its own: a line break in a run is not shown everywhere.
        let lines = blocks.enumerated().flatMap { index, block in
            [(text: block.title, isTitle: true, isFirst: index == 0)]
                + block.lines.map { (text: $0, isTitle: false, isFirst: false) }
        }
        var json = JSONWriter()
        json.object { json in
            json.field("type", "message")
            json.field("attachments", array: [lines]) { json, lines in
                json.field("contentType", "application/vnd.microsoft.card.adaptive")
                json.field("contentUrl", nil as String?)
                json.field("content") { $0.card(of: lines) }
            }
        }
        return json.text
    }
}

extension JSONWriter {
    fileprivate mutating func card(of lines: [(text: String, isTitle: Bool, isFirst: Bool)]) {
        field("$schema", "http://adaptivecards.io/schemas/adaptive-card.json")
        field("type", "AdaptiveCard")
        field("version", "1.4")
        field("body", array: lines) { json, line in
            json.field("type", "RichTextBlock")
            json.field("spacing", line.isTitle ? "medium" : "none")
            json.field("inlines", array: [line]) { json, line in
                json.field("type", "TextRun")
                json.field("text", line.text)
                json.field("weight", line.isTitle ? "bolder" : "default")
                json.field("size", line.isFirst ? "medium" : "default")
            }
        }
    }
}
