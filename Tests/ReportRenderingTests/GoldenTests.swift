import Crypto
import Foundation
import GuestCustomization
import ReportRendering
import Testing

/// A few reports in every format, as files beside this one. `RECORD_GOLDEN=1 scripts/test --filter GoldenTests`
/// rewrites them and fails, so that somebody reads the difference.
@Suite struct GoldenTests {
    private static let formats: [(file: String, text: @Sendable (Report) -> String)] = [
        ("vm.txt", { TableRenderer().render($0) }),
        (
            "terminal.txt",
            { TableRenderer(width: 120, colors: true, graphics: true, showsAllDurations: true).render($0) }
        ),
        ("error.txt", { TableRenderer(graphics: true, by: .error).render($0) }),
        ("day.txt", { TableRenderer(graphics: true, by: .day).render($0) }),
        ("vcenter.txt", { TableRenderer(by: .vCenter).render($0) }),
        ("report.json", { JSONRenderer().render($0) }),
        ("vm.csv", { CSVRenderer(by: .vm).render($0) }),
        ("error.csv", { CSVRenderer(by: .error).render($0) }),
        ("day.csv", { CSVRenderer(by: .day).render($0) }),
        ("vcenter.csv", { CSVRenderer(by: .vCenter).render($0) }),
        ("vm.md", { MarkdownRenderer(by: .vm).render($0) }),
        ("error.md", { MarkdownRenderer(by: .error).render($0) }),
        ("day.md", { MarkdownRenderer(by: .day).render($0) }),
        ("vcenter.md", { MarkdownRenderer(by: .vCenter).render($0) }),
        ("report.html", { HTMLRenderer().render($0) }),
        ("mail.eml", { MailRenderer().render($0) }),
        ("host.txt", { TableRenderer(graphics: true, by: .host).render($0) }),
        ("host.csv", { CSVRenderer(by: .host).render($0) }),
        ("host.md", { MarkdownRenderer(by: .host).render($0) }),
        ("suspect.txt", { TableRenderer(by: .suspect).render($0) }),
        ("suspect.csv", { CSVRenderer(by: .suspect).render(askingForSuspects($0)) }),
        ("suspect.md", { MarkdownRenderer(by: .suspect).render(askingForSuspects($0)) }),
        ("page.html", { withoutStyleAndScript(HTMLRenderer().render($0)) }),
    ]

    /// The directory of a report's golden files and the formats kept there; of long ones a digest.
    private static let examples:
        [(folder: String, report: @Sendable () -> Report, whole: [String], digested: [String])] = [
            (
                "", { hostileReport }, formats.map(\.file).filter { !["page.html", "mail.eml"].contains($0) && !$0.hasPrefix("host.") && !$0.hasPrefix("suspect.") },
                ["mail.eml"]
            ),
            (
                "one-vm/", { oneVMReport },
                [
                    "vm.txt", "error.txt", "day.txt", "vcenter.txt", "report.json", "vm.csv", "error.csv", "vm.md",
                    "error.md", "page.html",
                ], []
            ),
            (
                "attributes/", { attributesReport },
                [
                    "host.txt", "host.csv", "host.md", "suspect.txt", "suspect.csv", "suspect.md", "report.json",
                    "page.html",
                ], ["mail.eml"]
            ),
            ("unattributed/", { unattributedReport }, ["suspect.txt", "suspect.md", "page.html"], []),
            (
                "none-finished/", { noneFinishedReport },
                ["vm.txt", "day.txt", "report.json", "vm.csv", "vm.md", "page.html"], []
            ),
            (
                "many-vms/", { manyVMsReport }, ["vm.txt", "error.txt", "day.txt", "vm.md"],
                ["report.json", "vm.csv", "page.html", "mail.eml"]
            ),
        ]

    private static let goldens: [(file: String, text: @Sendable () throws -> String)] = examples.flatMap { example in
        formats.compactMap { format -> (String, @Sendable () throws -> String)? in
            if example.whole.contains(format.file) {
                return (example.folder + format.file, { format.text(example.report()) })
            }
            guard example.digested.contains(format.file) else { return nil }
            return (
                example.folder + format.file + ".digest.txt", { digest(of: format.text(example.report())) }
            )
        }
    }

    @Test(arguments: goldens.map(\.file)) func `every format equals its golden file`(file: String) throws {
        try expectGolden(file, try #require(Self.goldens.first { $0.file == file }).text())
    }
}

/// Compares a text with a golden file, or with RECORD_GOLDEN rewrites the file.
func expectGolden(_ file: String, _ text: String) throws {
    let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Golden").appendingPathComponent(file)
    if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] != nil {
        try Data(text.utf8).write(to: golden)
        Issue.record("recorded \(file); read the difference and run the tests again")
        return
    }
    let expected = try String(decoding: Data(contentsOf: golden), as: UTF8.self)
    // Line by line: the whole texts would hide the line that differs.
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let expectedLines = expected.split(separator: "\n", omittingEmptySubsequences: false)
    for (number, (line, expectedLine)) in zip(lines, expectedLines).enumerated() where line != expectedLine {
        Issue.record("\(file):\(number + 1) is \(line.prefix(300)), expected \(expectedLine.prefix(300))")
        return
    }
    #expect(lines.count == expectedLines.count)
    let isSame = text.utf8.elementsEqual(expected.utf8)
    #expect(isSame, "\(file) differs in characters that look the same")
}

/// The same report as one that was asked only for suspects.
private func askingForSuspects(_ report: Report) -> Report {
    var report = report
    report.attributes?.attribute = nil
    report.attributes?.values = []
    return report
}

/// A page without its style, its script and their digests, which are in the golden page of the hostile report.
private func withoutStyleAndScript(_ page: String) -> String {
    let page = page.replacingOccurrences(of: "'sha256-[^']*'", with: "'sha256-'", options: .regularExpression)
    return ["style", "script"].reduce(page) { page, element in
        guard let open = page.range(of: "<\(element)>"),
            let close = page.range(of: "</\(element)>", range: open.upperBound..<page.endIndex)
        else { return page }
        return page.replacingCharacters(in: open.upperBound..<close.lowerBound, with: "")
    }
}

/// The first and last lines of a text that is too long to keep, cut, and the digest of the whole text.
private func digest(of text: String) -> String {
    let data = Data(text.utf8)
    let lines = text.replacingOccurrences(of: "\r\n", with: "\n").components(separatedBy: "\n")
    let hash = SHA256.hash(data: data).map { String(format: "%02x", $0) }.joined()
    func excerpt(_ lines: some Sequence<String>) -> String {
        lines.map { $0.prefix(200) + "\n" }.joined()
    }
    return "\(data.count) bytes, \(lines.count - 1) lines, SHA-256 \(hash)\n\n" + excerpt(lines.prefix(12)) + "…\n"
        + excerpt(lines.suffix(13))
}
