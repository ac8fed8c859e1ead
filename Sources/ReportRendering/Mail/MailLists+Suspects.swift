import GuestCustomization

extension MailLists {
    /// What fails more often than chance explains; nothing if nothing does.
    static func suspects(of report: AttributeReport?, limit: Int) -> Markup? {
        guard let report, report.finished > 0 else { return nil }
        guard !report.suspects.isEmpty else {
            return report.attributed > 0
                ? nil : "<p \(MailStyle.quiet)>What fails, such as which host or template: \(AttributeWords.nothing(of: report))</p>"
        }
        let rows = report.suspects.prefix(limit).map { suspect -> Markup in
            """
            <tr><td \(MailStyle.cell())>\(Markup.isolated(AttributeWords.sentence(about: suspect), upTo: 400))</td>\
            <td \(MailStyle.cell("white-space:nowrap"))>chance \(AttributeWords.chance(of: suspect))</td></tr>

            """
        }
        return """
            <h2 \(MailStyle.heading)>What fails</h2>
            <table role="presentation" \(MailStyle.table)>
            \(rows)</table>
            <p \(MailStyle.quiet)>\(AttributeWords.explanation(of: report))</p>
            """
    }
}
