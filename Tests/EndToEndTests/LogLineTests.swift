import Testing

@testable import HistoryCommand

@Suite struct LogLineTests {
    @Test func `has one sentence for people, and its facts apart for programs`() {
        let line: LogLine =
            "\("vc1", as: "vcenter"): \(2, "VM", as: "polled") in \(.seconds(90), as: "took_seconds"), has \(["a", "b"], as: "endpoints")"
        #expect(line.template == "{vcenter}: {polled} in {took_seconds}, has {endpoints}")
        #expect(line.text == "vc1: 2 VMs in 1 m 30 s, has a, b")
        #expect(
            line.facts.mapValues(\.json) == [
                "vcenter": "\"vc1\"", "polled": "2", "took_seconds": "90.0", "endpoints": "[\"a\",\"b\"]",
            ])
    }

    @Test func `reads braces in a fact as they stand`() {
        let line: LogLine = "\("{reason} {", as: "vcenter"): \("}{vcenter}", as: "reason")" + ", \(1, "VM", as: "vms")"
        #expect(line.text == "{reason} {: }{vcenter}, 1 VM")
    }
}
