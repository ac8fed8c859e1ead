import GuestCustomization

/// The figures of the whole window, the first of them in large digits.
struct MailFigures {
    let markup: Markup?

    init(_ report: Report, _ times: LocalTimeFormat) {
        let rows = ReportSummary.rows(of: report, times)
        guard let lead = rows.first else {
            markup = nil
            return
        }
        let rest = rows.dropFirst().map { row -> Markup in
            // A row without a label goes on with the one above.
            let border = row.label.isEmpty ? "border-top:0;padding-top:0;" : ""
            let value: Markup? = row.value.isEmpty ? nil : "<strong>\(row.value)</strong> "
            return """
                <tr><td width="130" \(MailStyle.cell(border + "color:#5b6675"))>\(row.label)</td>\
                <td \(MailStyle.cell(border))>\(value)\(row.note)</td></tr>

                """
        }
        let summary = report.summary
        let color = summary.failed > 0 ? "#c62f3b" : summary.finished > 0 ? "#1d7a46" : "#5b6675"
        markup = """
            <p style="margin:16px 0 12px;font-size:34px;line-height:40px;font-weight:bold;color:\(Markup(trusted: color))">\(lead.value) \
            <span style="font-size:14px;line-height:20px;font-weight:normal;color:#5b6675">\(lead.label): \(lead.note)</span></p>
            <table role="presentation" \(MailStyle.table)>
            \(rest)</table>
            """
    }
}
