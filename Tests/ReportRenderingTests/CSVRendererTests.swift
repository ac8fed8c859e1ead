import Foundation
import GuestCustomization
import TestSupport
import Testing

@testable import ReportRendering

@Suite struct CSVRendererTests {
    @Test(arguments: ReportBreakdown.allCases) func `every row has a cell for each column name`(
        breakdown: ReportBreakdown
    ) throws {
        var report = hostileReport
        let attributes = attributes(by: breakdown.attribute)
        report.attributes = attributes
        let rows = try CSVReader.rows(of: CSVRenderer(by: breakdown).render(report))
        let count: [ReportBreakdown: Int] = [
            .vm: hostileReport.virtualMachines.count, .error: hostileReport.errors.count,
            .cause: hostileReport.listedCauses.count,
            .day: hostileReport.days.count, .vCenter: hostileReport.vCenters.count,
            .suspect: attributes.suspects.count,
        ]
        #expect(rows.count == 1 + (count[breakdown] ?? attributes.values.count))
        #expect(Set(rows.map(\.count)).count == 1)
        #expect(Set(rows[0]).count == rows[0].count)
    }

    @Test func `a reader recovers the figures`() throws {
        let rows = try CSVReader.rows(of: CSVRenderer().render(eventfulWeek))
        let cells = Dictionary(uniqueKeysWithValues: zip(rows[0], try #require(rows.first { $0[2] == "db-01" })))
        #expect(cells["vcenter"] == "vc-a")
        #expect(cells["condition"] == "failing")
        #expect([cells["customizations"], cells["succeeded"], cells["failed"]] == ["2", "1", "1"])
        #expect(cells["failure_rate"] == "0.5")
        #expect(cells["duration_p50_seconds"] == "118.7")
        #expect(cells["failed_at"] == "2026-11-23T03:53:20.000Z")
        #expect(cells["recovered_at"] == "")
        #expect(cells["error_message"] == "Customization script exited with 32256: /tmp is mounted noexec")
        let running = Dictionary(uniqueKeysWithValues: zip(rows[0], try #require(rows.first { $0[2] == "batch-07" })))
        #expect(running["failure_rate"] == "")
        #expect(running["stuck_since"] == "2026-11-22T06:46:40.000Z")
    }

    @Test func `a duration column names its unit`() throws {
        let names = try CSVReader.rows(of: CSVRenderer().render(eventfulWeek))[0]
        #expect(
            names.filter { $0.hasPrefix("duration") } == [
                "duration_count", "duration_min_seconds", "duration_mean_seconds", "duration_p50_seconds",
                "duration_p90_seconds", "duration_p95_seconds", "duration_p99_seconds", "duration_max_seconds",
            ])
        #expect(Set(names).isDisjoint(with: ["min", "mean", "p50", "p90", "p95", "p99", "max"]))
    }

    @Test func `a limit on days keeps the newest`() throws {
        let days = try CSVReader.rows(of: CSVRenderer(by: .day, limit: 2).render(eventfulWeek)).dropFirst().map {
            $0[0]
        }
        #expect(days == ["2026-11-22", "2026-11-23"])
    }

    @Test func `an error has its cause and the guest's logs`() throws {
        let rows = try CSVReader.rows(
            of: CSVRenderer(by: .error).render(
                report([
                    customization(.failed, end: 20, vm: "vm-1", error: "No Perl"),
                    customization(.failed, end: 10, vm: "vm-1", error: "The moon is new"),
                ])))
        #expect(rows[0].suffix(3) == ["cause", "probable_cause", "log_files"])
        #expect(
            rows[1].suffix(3) == [
                "perl-missing", "The guest has no Perl, and VMware's customization scripts are written in Perl.",
                "/var/log/vmware-imc/toolsDeployPkg.log",
            ])
        #expect(rows[2].suffix(3).prefix(2) == ["unknown", ""])
        #expect(rows[2].last?.components(separatedBy: "; ") == GuestLog.general.map(\.path))
    }

    @Test(arguments: [
        ("=cmd()", "'=cmd()"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'=1"),
        ("\r=1", "'=1"),
        ("  =1", "'  =1"), ("＝1", "'＝1"), ("web=1", "web=1"), ("", ""), ("\u{200B}=1", "'=1"), ("\"=1\"", "\"=1\""),
    ])
    func `a cell that a spreadsheet would execute is neutralized`(name: String, cell: String) throws {
        let csv = CSVRenderer().render(report([customization(.succeeded, end: 1, vm: "vm-1", name: name)]))
        #expect(try CSVReader.rows(of: csv)[1][2] == cell)
    }

    @Test(arguments: 1...100) func `any text makes one cell without control characters`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let (name, error) = (hostileText(using: &random), hostileText(using: &random))
        let csv = CSVRenderer().render(
            report([
                customization(.failed, end: 10, vCenter: name, vm: "vm-1", name: name, errorID: error, error: error)
            ]))
        let rows = try CSVReader.rows(of: csv)
        #expect(rows.map(\.count) == [31, 31])
        let cells = rows[1].joined()
        #expect(
            !cells.unicodeScalars.contains { $0.isUnseen && $0.value != 0x200C && $0.value != 0x200D })
        for cell in rows[1] {
            let first = cell.unicodeScalars.first { $0 != " " }
            #expect(first.map { !"=+-@".unicodeScalars.contains($0) } ?? true)
        }
    }

    @Test func `a limit keeps the first rows`() throws {
        #expect(try CSVReader.rows(of: CSVRenderer(limit: 2).render(eventfulWeek)).count == 3)
    }
}

/// A strict reader by RFC 4180: lines end with CR LF, and quotes occur only where the grammar allows them.
enum CSVReader {
    struct Malformed: Error { var offset: Int }

    static func rows(of text: String) throws -> [[String]] {
        let bytes = Array(text.utf8)
        var rows: [[String]] = []
        var row: [String] = []
        var index = 0
        func at(_ index: Int) -> UInt8? { index < bytes.count ? bytes[index] : nil }
        while index < bytes.count {
            var cell: [UInt8] = []
            if at(index) == UInt8(ascii: "\"") {
                index += 1
                while true {
                    guard let byte = at(index) else { throw Malformed(offset: index) }
                    index += 1
                    if byte == UInt8(ascii: "\"") {
                        guard at(index) == UInt8(ascii: "\"") else { break }
                        index += 1
                    }
                    cell.append(byte)
                }
            } else {
                while let byte = at(index), !",\r\n".utf8.contains(byte) {
                    guard byte != UInt8(ascii: "\"") else { throw Malformed(offset: index) }
                    cell.append(byte)
                    index += 1
                }
            }
            row.append(String(decoding: cell, as: UTF8.self))
            if at(index) == UInt8(ascii: ",") {
                index += 1
            } else if at(index) == UInt8(ascii: "\r"), at(index + 1) == UInt8(ascii: "\n") {
                index += 2
                rows.append(row)
                row = []
            } else {
                throw Malformed(offset: index)
            }
        }
        guard row.isEmpty else { throw Malformed(offset: index) }
        return rows
    }
}
