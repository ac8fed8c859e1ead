import GuestCustomization
import TestSupport
import Testing

@testable import ReportRendering

@Suite struct QueryRendererTests {
    private func render(_ renderer: some QueryRenderer, _ columns: [String], _ rows: [[QueryValue]]) -> String {
        var renderer = renderer
        return renderer.head(columns) + rows.map { renderer.row($0) }.joined() + renderer.end()
    }

    @Test func `a table shortens texts, but no numbers, to its width`() {
        let long = String(repeating: "abcdefghi ", count: 30)
        let text = render(
            QueryTable(width: 60), ["id", "text", "number"],
            [[.integer(1), .text(long), .real(1.5)], [.integer(22), .null, .integer(123_456_789_012)]])
        #expect(text.split(separator: Character("\n")).allSatisfy { $0.count <= 60 })
        #expect(text.contains("…") && text.contains("\n22  NULL") && text.contains("  123456789012\n"))
    }

    @Test func `columns that do not fit get a line for each value`() {
        let columns = (1...12).map { "column_number_\($0)" }
        let row = columns.map { QueryValue.text("value of \($0)") }
        let text = render(QueryTable(width: 80), columns, [row, row])
        #expect(text.hasPrefix("row 1\n  column_number_1   value of column_number_1\n"))
        #expect(text.contains("\n\nrow 2\n") && text.hasSuffix("\n\n2 rows\n"))
    }

    @Test func `rows after the first 500 keep their widths`() {
        let rows: [[QueryValue]] = (1...600).map {
            [.text($0 <= 500 ? "ab" : "abcdefghijklmnopqrstuvwxyz"), .integer(Int64($0))]
        }
        let lines = render(QueryTable(width: 80), ["t", "n"], rows).split(separator: Character("\n"))
        #expect(lines[1] == "ab    1" && lines[600].hasSuffix("600") && lines[600].count <= 8, "\(lines[600])")
        #expect(lines.last == "600 rows")
    }

    @Test func `nothing hostile reaches a terminal or a spreadsheet`() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<200 {
            let names = (0..<3).map { _ in hostileText(using: &random) }
            let row = (0..<3).map { _ in QueryValue.text(hostileText(using: &random)) }
            for width in [20, 100] {
                let table = render(QueryTable(width: width), names, [row])
                #expect(table.unicodeScalars.allSatisfy { !$0.isUnseen || $0 == "\n" })
            }
            let csv = render(QueryCSV(), names, [row])
            #expect(
                csv.unicodeScalars.allSatisfy { !$0.isUnseen || "\r\n\u{200C}\u{200D}".unicodeScalars.contains($0) })
            let rows = try CSVReader.rows(of: csv)
            #expect(rows.count == 2 && rows.allSatisfy { $0.count == 3 })
            #expect(rows.joined().allSatisfy { !"=+-@".contains($0.first ?? " ") })
            let json = render(QueryJSON(isArray: false), names, [row])
            #expect(json.unicodeScalars.allSatisfy { !$0.isUnseen || $0 == "\n" })
        }
    }

    @Test func `a large value is cut where a format has a limit`() {
        let text = String(repeating: "x", count: 1_000_000)
        let blob = [UInt8](repeating: 0xAB, count: 1_000_000)
        let rows: [[QueryValue]] = [[.text(text), .blob(blob)]]
        #expect(render(QueryTable(), ["t", "b"], rows).utf8.count < 1000)
        #expect(render(QueryCSV(), ["t", "b"], rows).utf8.count < 65_000)
        #expect(render(QueryJSON(isArray: true), ["t", "b"], rows).utf8.count > 3_000_000)
    }

    @Test func `a BLOB that is cut has an ellipsis`() {
        let blob = [UInt8](repeating: 0xAB, count: 16_001)
        #expect(render(QueryCSV(), ["b"], [[.blob(blob)]]).hasSuffix("ab…'\r\n"))
        #expect(render(QueryCSV(), ["b"], [[.blob([1, 2])]]).hasSuffix("\r\nx'0102'\r\n"))
    }
}
