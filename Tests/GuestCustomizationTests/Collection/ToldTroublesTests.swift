import Foundation
import GuestCustomization
import Testing

@Suite struct ToldTroublesTests {
    private func at(_ minutes: Double) -> Timestamp { Timestamp(unixMilliseconds: Int64(minutes * 60_000)) }

    @Test func `a lasting trouble is reported when it begins, once a day and when it is over`() {
        var told = ReportedProblems()
        #expect(told.meet(["down"], in: "vc1", at: at(0)) == .begins)
        for minute in stride(from: 10.0, to: 1440, by: 10) {
            #expect(told.meet(["down"], in: "vc1", at: at(minute)) == .isKnown)
        }
        #expect(told.meet(["down"], in: "vc1", at: at(1440)) == .lasts(.seconds(86_400)))
        #expect(told.meet(["down"], in: "vc1", at: at(1450)) == .isKnown)
        #expect(told.end(in: "vc1", but: [], at: at(1460)) == .seconds(1460 * 60))
        #expect(told.end(in: "vc1", but: [], at: at(1470)) == nil)
        #expect(told.meet(["down"], in: "vc1", at: at(1480)) == .begins)
    }

    @Test func `another trouble is reported at once, and alternating troubles end together`() {
        var told = ReportedProblems()
        #expect(told.meet(["a"], in: "vc1", at: at(0)) == .begins)
        #expect(told.end(in: "vc1", but: ["a"], at: at(0)) == nil)
        #expect(told.meet(["b"], in: "vc1", at: at(10)) == .begins)
        #expect(told.end(in: "vc1", but: ["b"], at: at(10)) == nil)
        #expect(told.meet(["a"], in: "vc1", at: at(20)) == .isKnown)
        #expect(told.meet(["a", "c"], in: "vc1", at: at(30)) == .begins)
        #expect(told.end(in: "vc1", but: [], at: at(40)) == .seconds(2400))
    }

    @Test(arguments: [Int64.min, .max]) func `an instant that no clock shows does no harm`(instant: Int64) throws {
        let entry =
            #"{"scope":"vc1","kind":"down","isFault":true,"began":\#(instant),"told":\#(instant),"met":\#(instant)}"#
        let stored = try JSONDecoder().decode(ReportedProblems.self, from: Data(#"{"entries":[\#(entry)]}"#.utf8))
        var told = stored
        let novelty = told.meet(["down"], in: "vc1", at: at(0))
        #expect(novelty != .begins && novelty != .isKnown)
        told = stored
        #expect(told.end(in: "vc1", but: [], at: at(0)) != nil)
    }

    @Test func `a trouble of one cron job at one vCenter is independent of another's`() {
        var told = ReportedProblems()
        #expect(told.meet(["down"], in: "vc1", at: at(0)) == .begins)
        #expect(told.meet(["down"], in: "vc2", at: at(0)) == .begins)
        #expect(told.end(in: "vc2", but: [], at: at(10)) == .seconds(600))
        #expect(told.meet(["down"], in: "vc1", at: at(10)) == .isKnown)
    }

    @Test func `a usage warning ends silently and does not hide the end of a trouble`() {
        var told = ReportedProblems()
        #expect(told.meet(["insecure"], in: "vc1", isFault: false, at: at(0)) == .begins)
        #expect(told.meet(["down"], in: "vc1", at: at(0)) == .begins)
        #expect(told.end(in: "vc1", but: ["insecure"], at: at(10)) == .seconds(600))
        #expect(told.meet(["insecure"], in: "vc1", isFault: false, at: at(10)) == .isKnown)
        #expect(told.end(in: "vc1", but: [], at: at(20)) == nil)
        #expect(told.meet(["insecure"], in: "vc1", isFault: false, at: at(30)) == .begins)
    }

    @Test func `a clock that is set back silences nothing for longer than before`() {
        var told = ReportedProblems()
        #expect(told.meet(["down"], in: "vc1", at: at(1_000_000)) == .begins)
        #expect(told.meet(["down"], in: "vc1", at: at(0)) == .lasts(.zero))
        #expect(told.meet(["down"], in: "vc1", at: at(10)) == .isKnown)
        #expect(told.end(in: "vc1", but: [], at: at(20)) == .zero)
    }

    @Test func `the memory of troubles is bounded and outlives its process`() throws {
        var told = ReportedProblems()
        for number in 0..<2000 { _ = told.meet(["kind \(number)"], in: "vc", at: at(0)) }
        let data = try JSONEncoder().encode(told)
        #expect(data.count < 100_000)
        var read = try JSONDecoder().decode(ReportedProblems.self, from: data)
        #expect(read.meet(["kind 1999"], in: "vc", at: at(1)) == .isKnown)
        #expect(read.meet(["kind 0"], in: "vc", at: at(1)) == .begins)
    }
}
