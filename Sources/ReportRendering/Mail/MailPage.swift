import GuestCustomization

/// A report as HTML for mail programs: tables and inline styles, because Gmail drops style sheets and SVG, and Outlook lays out nothing
/// else. Source: https://www.caniemail.com
struct MailPage {
    let html: String

    /// In pixels, as wide as the reading pane of common mail programs.
    private static let width = 640

    init(_ report: Report, limit: Int) {
        let times = LocalTimeFormat(report.timeZone)
        let filter = ReportWords.filter(of: report).map {
            "<p \(MailStyle.quiet)>\(Markup.isolated($0, upTo: 1000))</p>" as Markup
        }
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light">
            <title>Guest customizations, \(times.window(report.window))</title>
            </head>
            <body style="margin:0;padding:0;background:#f4f5f7">
            <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#f4f5f7"><tr>
            <td align="center" style="padding:16px 8px">
            <table role="presentation" width="\(Self.width)" cellpadding="0" cellspacing="0" border="0" bgcolor="#ffffff" \
            style="width:100%;max-width:\(Self.width)px;background:#ffffff;border:1px solid #dfe3e8"><tr>
            <td \(MailStyle.body)>
            <h1 style="margin:0;font-size:22px;line-height:28px">Guest customizations</h1>
            <p \(MailStyle.quiet)>\(times.window(report.window))</p>
            \(filter)
            \(MailFigures(report, times).markup)
            \(MailLists.warnings(of: report))
            \(MailLists.errors(report.listedErrors, limit: limit, times))
            \(MailLists.suspects(of: report.attributes, limit: limit))
            \(MailLists.virtualMachines(of: report, limit: limit, times))
            <p \(MailStyle.quiet)>Made \(times.dateTimeAndZone(report.generatedAt)) by customization-history.</p>
            </td></tr></table>
            </td></tr></table>
            </body>
            </html>

            """
        html = page.html
    }
}

/// The styles of a mail's elements, written into each of them.
enum MailStyle {
    private static let font = "font-family:'Segoe UI',Roboto,Helvetica,Arial,sans-serif"

    static let body: Markup = """
        style="padding:20px 24px;\(Markup(trusted: font));font-size:15px;line-height:22px;color:#1b2430;text-align:left;word-break:break-word"
        """
    static let quiet: Markup = "style=\"margin:4px 0 0;font-size:13px;line-height:18px;color:#5b6675\""
    static let heading: Markup = "style=\"margin:24px 0 6px;font-size:16px;line-height:22px\""
    static let table: Markup =
        "width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"border-collapse:collapse\""
    /// A cell in the font of the page, which Outlook does not inherit into tables.
    static func cell(_ more: String = "") -> Markup {
        """
        valign="top" align="left" style="padding:8px 12px 8px 0;border-top:1px solid #dfe3e8;\(Markup(trusted: font));font-size:14px;line-height:20px;color:#1b2430;\(Markup(trusted: more))"
        """
    }
}
