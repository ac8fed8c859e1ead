import GuestCustomization

extension MailLists {
    /// What fails more often than chance explains; nothing if nothing does.
    static func suspects(of report: AttributeReport?, limit: Int) -> Markup? {
        guard let report, report.finished > 0, !report.suspects.isEmpty else {
            return AttributeWords.unknown(in: report).map { "<p \(MailStyle.quiet)>\($0)</p>" }
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
