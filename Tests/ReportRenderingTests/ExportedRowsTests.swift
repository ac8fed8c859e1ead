import GuestCustomization
import Testing

@testable import ReportRendering

@Suite struct ExportedRowsTests {
    private let time = Timestamp(unixMilliseconds: 1_793_491_200_250)

    @Test func `NDJSON has one object on each line, in the order of the columns, with nulls`() {
        let rows: [ExportedRow] = [
            [.text("a\"b\n\u{1B}"), .null, .integer(-1), .real(0.5), .time(time), .flag(true)],
            [.text(""), .text("ü"), .integer(0), .real(-1), .null, .flag(false)],
        ]
        #expect(
            NDJSONRows(columns: ["t", "n", "i", "r", "at", "f"]).text(of: rows) == """
                {"t":"a\\"b\\n\\u001b","n":null,"i":-1,"r":0.5,"at":"2026-11-01T00:00:00.250Z","f":true}
                {"t":"","n":"ü","i":0,"r":-1,"at":null,"f":false}

                """)
    }

    @Test func `CSV never has a formula`() {
        #expect(CSVRows().header(["vm_name", "n"]) == "vm_name,n\r\n")
        #expect(
            CSVRows().text(of: [
                [.text("=1+2"), .null], [.text("a,\"b\""), .integer(-3)], [.time(time), .real(0.25)],
            ])
                == "'=1+2,\r\n\"a,\"\"b\"\"\",-3\r\n2026-11-01T00:00:00.250Z,0.25\r\n")
    }

    @Test func `a text in COPY's format is on one line and has no backslash of its own`() {
        let rows: [ExportedRow] = [
            [.integer(1), .text("\\."), .null, .text("\\N"), .text("a\tb\r\nc\\")],
            [.integer(2), .text(":x :'x'"), .time(time), .flag(true), .real(0.25)],
        ]
        #expect(
            CopyText.lines(rows) == "1\t\\\\.\t\\N\t\\\\N\ta\\tb\\r\\nc\\\\\n2\t:x :'x'\t1793491200250\tt\t0.25\n")
    }

    @Test func `size and growth of a history are told in a table, and what is not known is called so`() {
        var size = HistorySize(
            uuid: "5a0e3d9c-6c39-4c39-9be7-0c5f0d3b7e11", generatedAt: time, fileBytes: 1_300_000, logBytes: 4_120_000,
            freeBytes: 100_000, emptyBytes: 200_000, rows: [.init(table: "vcenter", count: 2)], polls: 10_000,
            recentPolls: 7000, firstRunAt: time.advanced(bySeconds: -864_000), lastRunAt: time, diskBytes: 10_000_000,
            availableBytes: 900_000)
        let table = HistorySizeTable(TableFormat(timeZone: .gmt))
        #expect(
            table.render(size, of: "/h.db") == """
                History /h.db, 2026-11-01 00:00 UTC

                  identity  5a0e3d9c-6c39-4c39-9be7-0c5f0d3b7e11
                  size      1.3 MB, 100 kB of it free pages; log (-wal): 4.1 MB
                  polls     10000 since 2026-10-22 00:00, 100 bytes each
                  growth    100 kB a day: 1000 polls a day in the last 7 days
                  disk      900 kB free of 10 MB: full in 10 days at that pace, on 2026-11-11, if nothing else
                            writes to it

                  TABLE    ROWS
                  vcenter     2

                """)
        size.recentPolls = 0
        let text = table.render(size, of: "/h.db")
        #expect(text.contains("not known: no run recorded a poll in the last 7 days"))
        #expect(text.contains("when it will be full is not known"))
        #expect(HistorySizeJSON().render(size, of: "/h.db").contains("\"growth_unknown\": \"nothing_lately\""))
    }
}
