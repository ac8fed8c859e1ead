import Crypto
import Foundation
import GuestCustomization

/// A report as one self-contained page without network access: a Content-Security-Policy allows one style and one script by their
/// digests; nothing else runs or loads.
package struct HTMLRenderer: Sendable {
    /// Maximum number of VMs and of errors; `nil`: 2000, which a browser sorts instantly.
    package var limit: Int?

    private static let defaultLimit = 2000

    package init(limit: Int? = nil) {
        self.limit = limit
    }

    /// The whole text, ending with a line break.
    package func render(_ report: Report) -> String {
        let times = LocalTimeFormat(report.timeZone)
        let limit = limit ?? Self.defaultLimit
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(Markup(trusted: Self.policy))">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="referrer" content="no-referrer">
            <title>Guest customizations, \(times.window(report.window))</title>
            <style>\(Markup(trusted: Self.style))</style>
            </head>
            <body>
            <a class="skip" href="#vms">Skip to the virtual machines</a>
            \(header(of: report, times))
            <main>
            \(SummaryTiles(report, times).markup)
            \(warnings(of: report))
            <div class="charts">
            \(DayChart(report.days).markup)
            \(DurationChart(report.durations, report.summary.durations).markup)
            </div>
            \(ErrorList(report.listedErrors, limit: limit, times).markup)
            \(SuspectList(report.attributes, limit: limit).markup)
            \(VCenterList(report.vCenters).markup)
            \(VirtualMachineList(report, limit: limit, times).markup)
            </main>
            <footer>
            <details><summary>What the figures mean</summary><pre>\(Markup.preformatted(ReportDefinitions.text))</pre></details>
            <p>Made \(times.dateTimeAndZone(report.generatedAt)) by customization-history.</p>
            </footer>
            <script>\(Markup(trusted: Self.script))</script>
            </body>
            </html>

            """
        return FoldedLines.text(page.html)
    }

    private func header(of report: Report, _ times: LocalTimeFormat) -> Markup {
        let filter = ReportWords.filter(of: report).map {
            "<p class=\"filter\">\(Markup.isolated($0, upTo: 1000))</p>" as Markup
        }
        return """
            <header>
            <h1>Guest customizations</h1>
            <p>\(times.window(report.window)) <span class="quiet">(\(FigureText.duration(report.window.until.seconds(since: report.window.since))))</span></p>
            \(vCenters(of: report))
            \(filter)
            </header>
            """
    }

    /// The vCenters that the page covers: it may be read elsewhere, next to others.
    private func vCenters(of report: Report) -> Markup? {
        let names = report.vCenters.isEmpty ? report.filter.vCenters : report.vCenters.map(\.name)
        guard !names.isEmpty else { return nil }
        let shown = names.prefix(Self.maximumVCenters).map { Markup.isolated($0, upTo: 200) }
        let list = shown.dropFirst().reduce(shown[0]) { "\($0), \($1)" as Markup }
        let rest = names.count - shown.count
        return
            "<p>vCenter\(names.count == 1 ? "" : "s") <strong>\(list)\(rest > 0 ? " and \(rest) more" : "")</strong></p>"
    }

    private static let maximumVCenters = 12

    private func warnings(of report: Report) -> Markup? {
        let warnings = ReportWarnings.of(report)
        if warnings.isEmpty { return nil }
        return """
            <section class="warnings" aria-labelledby="doubts"><h2 id="doubts">Before you believe these numbers</h2>
            <ul>\(warnings.map { "<li>\($0)</li>" as Markup })</ul></section>
            """
    }

    private static let style = String(decoding: PackageResources.report_css, as: UTF8.self)
    private static let script = String(decoding: PackageResources.report_js, as: UTF8.self)
    private static let policy =
        "default-src 'none'; style-src '\(digest(of: style))'; script-src '\(digest(of: script))'; "
        + "base-uri 'none'; form-action 'none'"

    /// The digest by which a Content-Security-Policy allows an inline element. Source: W3C, CSP Level 3, §2.3.1.
    private static func digest(of content: String) -> String {
        "sha256-" + Data(SHA256.hash(data: Data(content.utf8))).base64EncodedString()
    }
}
