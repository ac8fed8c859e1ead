import Testing

@testable import ReportRendering

@Suite struct ReportDefinitionsTests {
    @Test func `the definitions fit 80 columns and end with a newline`() {
        let lines = ReportDefinitions.text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.allSatisfy { TerminalText(String($0)).width <= 80 })
        #expect(lines.last == "" && lines.dropLast().last != "")
    }

    /// The words that the table and the JSON use.
    @Test(arguments: [
        "succeeded", "failed", "running", "pending", "other", "Lost", "stuck", "failure rate", "duration", "p50", "p90",
        "true rate likely", "window before", "day", "No data",
        "clock fault", "latest error", "recovered", "coverage", "worst first", "--since", "--until",
    ])
    func `every word of a report is explained`(word: String) {
        #expect(ReportDefinitions.text.contains(word))
    }
}
