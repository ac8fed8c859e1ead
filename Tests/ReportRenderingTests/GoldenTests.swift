import Foundation
import GuestCustomization
import ReportRendering
import Testing

/// Every format of one hostile report, as files beside this one. `RECORD_GOLDEN=1 swift test` writes them anew, and fails, so that
/// the difference is read before it is believed.
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
        ("day.md", { MarkdownRenderer(by: .day).render($0) }),
        ("vcenter.md", { MarkdownRenderer(by: .vCenter).render($0) }),
        ("report.html", { HTMLRenderer().render($0) }),
    ]

    @Test(arguments: formats.map(\.file)) func everyFormatIsAsItWas(file: String) throws {
        let format = try #require(Self.formats.first { $0.file == file })
        let text = format.text(hostileReport)
        let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Golden").appendingPathComponent(file)
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] != nil {
            try Data(text.utf8).write(to: golden)
            Issue.record("recorded \(file); read the difference and run the tests again")
            return
        }
        let expected = try String(decoding: Data(contentsOf: golden), as: UTF8.self)
        // By lines: the whole texts would hide the one that differs.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let expectedLines = expected.split(separator: "\n", omittingEmptySubsequences: false)
        for (number, (line, expectedLine)) in zip(lines, expectedLines).enumerated() where line != expectedLine {
            Issue.record("\(file):\(number + 1) is \(line.prefix(300)), expected \(expectedLine.prefix(300))")
            return
        }
        #expect(lines.count == expectedLines.count)
        #expect(Array(text.utf8) == Array(expected.utf8))
    }
}
