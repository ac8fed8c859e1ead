import Crypto
import Foundation
import GuestCustomization
import TestSupport
import Testing

@testable import ReportRendering

@Suite struct HTMLRendererTests {
    private func content(of element: String, in page: String) -> [String] {
        page.components(separatedBy: "<\(element)>").dropFirst()
            .compactMap { $0.components(separatedBy: "</\(element)>").first }
    }

    /// A browser loads only what the policy names: a wrong digest would disable style and sorting.
    @Test func `the policy names the only style and the only script`() throws {
        let page = HTMLRenderer().render(eventfulWeek)
        let policy = try #require(page.firstMatch(of: /Content-Security-Policy" content="([^"]*)"/)).1
        #expect(policy.hasPrefix("default-src 'none'; "))
        for element in ["style", "script"] {
            let contents = content(of: element, in: page)
            try #require(contents.count == 1)
            let digest = Data(SHA256.hash(data: Data(contents[0].utf8))).base64EncodedString()
            #expect(policy.contains("\(element)-src 'sha256-\(digest)'"))
        }
        #expect(!policy.contains("unsafe"))
    }

    @Test func `a page loads and runs nothing from elsewhere`() {
        for page in [eventfulWeek, hostileReport, report([])].map({ HTMLRenderer().render($0) }) {
            #expect(!page.contains(/<[^>]* (src|href|srcset|action)="(?!#)/))
            #expect(!page.contains(/<[^>]* (style|on[a-z]+)=/))
            #expect(page.matches(of: /<script/).count == 1)
        }
    }

    @Test(arguments: 1...100) func `no text becomes markup`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let (name, error) = (hostileText(using: &random), hostileText(using: &random))
        func shape(_ name: String, _ error: String) -> [Substring] {
            HTMLRenderer().render(
                report([
                    customization(
                        .failed, end: 10, vCenter: "\"'<>&\(name)", vm: "vm-1", name: name, errorID: error,
                        error: error + "</td><script>\"'")
                ])
            ).matches(of: /<\/?[a-z]+/).map(\.output)
        }
        #expect(shape(name, error) == shape("name", "error"))
    }

    @Test func `an error has its cause, checks and logs, and an unknown one says so`() {
        let page = HTMLRenderer().render(
            report([
                customization(.failed, end: 20, vm: "vm-1", error: "No Perl"),
                customization(.failed, end: 10, vm: "vm-1", error: "The moon is new"),
            ]))
        #expect(page.contains("<summary>Probable cause: The guest has no Perl,"))
        #expect(page.contains("<li>Install perl in the template,"))
        #expect(page.contains("<li><code>/var/log/vmware-imc/toolsDeployPkg.log</code> how VMware Tools"))
        #expect(page.contains("<summary>Probable cause: unknown</summary><h3>Logs in the guest</h3>"))
    }

    @Test func `no line is long`() {
        let long = String(repeating: "x", count: 5000) + " & " + String(repeating: "<&>\"' é漢 ", count: 800)
        let failures = (0..<30).map {
            customization(
                .failed, end: Double($0), vm: "vm-\($0)", name: long, errorID: long, error: "\($0 % 3) \(long)")
        }
        for report in [report(failures), hostileReport, eventfulWeek, report([])] {
            let page = HTMLRenderer().render(report)
            #expect(page.split(separator: "\n").map(\.utf8.count).max() ?? 0 <= 900)
        }
    }

    /// A browser shows the folded page like the original.
    @Test func `folding lines does not change the page`() {
        let page =
            "<div class=\"a b\" title='1 > 0'>" + String(repeating: "<b>one two</b>", count: 400) + "</div><pre>"
            + String(repeating: "as it is ", count: 300) + "</pre>" + String(repeating: "&amp;", count: 900)
        let folded = FoldedLines.text(page)
        let unfolded = folded.replacing(/<wbr\n?>/, with: "").replacing("\n>", with: ">").replacing("\n", with: " ")
        #expect(unfolded == page)
        #expect(folded.contains("title='1 > 0'>"))
        #expect(folded.contains(String(repeating: "as it is ", count: 300)))
        #expect(!folded.contains(/&[a-z]*<wbr/))
    }

    @Test func `a page names its vCenters and explains its signs`() {
        let page = HTMLRenderer().render(hostileReport)
        #expect(page.contains("<p>vCenters <strong><bdi>silent</bdi>, <bdi>vc-a</bdi>, "))
        #expect(HTMLRenderer().render(eventfulWeek).contains("<p>vCenter <strong><bdi>vc-a</bdi></strong></p>"))
        #expect(page.contains("hatched: no data, nothing was polled"))
        #expect(page.contains("true rate likely, 95&nbsp;%"))
        #expect(page.contains("<input type=\"search\" id=\"vm-words\""))
    }

    @Test func `days without data differ from days without failures`() {
        let page = HTMLRenderer().render(hostileReport)
        #expect(page.contains("<title>2026-10-24: no data</title>"))
        #expect(page.contains("<title>2026-10-26: 1 failed of 1 finished</title>"))
    }

    @Test func `a long window is drawn in fewer bars`() {
        let days = (0..<1000).map { day in
            DayReport(
                date: "day \(day)", since: at(Double(day) * 86_400), until: at(Double(day + 1) * 86_400),
                figures: CustomizationFigures(), goodRuns: 1)
        }
        let bars = DayBar.bars(of: days, atMost: 92)
        #expect(bars.count == 91)
        #expect(bars.map(\.days).reduce(0, +) == 1000)
    }
}
