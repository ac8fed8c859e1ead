import Foundation
import GuestCustomization
import HistoryConfiguration
import Testing

@testable import VCenterClient

@Suite struct LoginRefusalsTests {
    private let login = Secret("Basic b3A6cHc=")

    private func at(_ minutes: Double) -> Timestamp {
        Timestamp(unixMilliseconds: 1_800_000_000_000 + Int64(minutes * 60_000))
    }

    @Test func `a refused login is tried once an hour`() {
        var refusals = LoginRefusals()
        var tries: [Double] = []
        for minute in stride(from: 0.0, through: 250, by: 10)
        where refusals.withhold(login, at: "vc1", now: at(minute)) == nil {
            tries.append(minute)
            refusals.refused(login, by: "vc1", now: at(minute))
        }
        #expect(tries == [0, 60, 120, 180, 240])
    }

    @Test func `a refused login is withheld from other vCenters, with the refusing vCenter and the next try`() {
        var refusals = LoginRefusals()
        refusals.refused(login, by: "vc1", now: at(0))
        let withheld = refusals.withhold(login, at: "vc2", now: at(12))
        #expect(withheld?.refusedBy == "vc1")
        #expect(withheld?.sinceRefusal == .seconds(12 * 60) && withheld?.untilNextTry == .seconds(48 * 60))
    }

    @Test(arguments: [Int64.min, .max]) func `an instant that no clock shows locks nobody out`(instant: Int64) throws {
        var refusals = LoginRefusals()
        refusals.refused(login, by: "vc1", now: at(0))
        #expect(refusals.withhold(login, at: "vc1", now: at(60)) == nil)
        let text = String(decoding: try JSONEncoder().encode(refusals), as: UTF8.self)
        let odd = text.replacing(/1800\d{9}/, with: "\(instant)")
        #expect(odd != text)
        refusals = try JSONDecoder().decode(LoginRefusals.self, from: Data(odd.utf8))
        #expect(refusals.withhold(login, at: "vc1", now: at(120)) == nil)
        refusals.refused(login, by: "vc1", now: at(120))
        #expect(refusals.withhold(login, at: "vc1", now: at(121)) != nil)
    }

    @Test func `another secret is tried at once`() {
        var refusals = LoginRefusals()
        refusals.refused(login, by: "vc1", now: at(0))
        #expect(refusals.withhold(Secret("Basic b3A6cHgK"), at: "vc1", now: at(1)) == nil)
    }

    @Test func `a login that works ends the refusal`() {
        var refusals = LoginRefusals()
        refusals.refused(login, by: "vc1", now: at(0))
        refusals.accepted(login, by: "vc1", now: at(60))
        #expect(refusals.withhold(login, at: "vc2", now: at(61)) == nil)
    }

    @Test func `a vCenter that accepts the login is polled although another refuses it`() {
        var refusals = LoginRefusals()
        var tries: [String: [Double]] = [:]
        for minute in stride(from: 0.0, through: 240, by: 10) {
            for vCenter in ["vc1", "vc2", "vc3"] where refusals.withhold(login, at: vCenter, now: at(minute)) == nil {
                tries[vCenter, default: []].append(minute)
                if vCenter == "vc1" {
                    refusals.refused(login, by: vCenter, now: at(minute))
                } else {
                    refusals.accepted(login, by: vCenter, now: at(minute))
                }
            }
        }
        // After an hour the vCenters that waited go first and never wait again.
        #expect(tries["vc2"] == Array(stride(from: 60, through: 240, by: 10)))
        #expect(tries["vc3"] == Array(stride(from: 60, through: 240, by: 10)))
        #expect(tries["vc1"]?.first == 0)
        #expect(zip(tries["vc1"] ?? [], (tries["vc1"] ?? []).dropFirst()).allSatisfy { $1 - $0 >= 60 })
        // An expired password is not tried at every vCenter.
        refusals.refused(login, by: "vc2", now: at(300))
        #expect(refusals.withhold(login, at: "vc3", now: at(301)) != nil)
    }

    @Test func `vCenters with one wrong account take turns and make one try an hour together`() {
        var refusals = LoginRefusals()
        var tries: [Double] = []
        var asked: Set<String> = []
        for minute in stride(from: 0.0, through: 600, by: 10) {
            for vCenter in ["vc1", "vc2", "vc3"] where refusals.withhold(login, at: vCenter, now: at(minute)) == nil {
                tries.append(minute)
                asked.insert(vCenter)
                refusals.refused(login, by: vCenter, now: at(minute))
            }
        }
        #expect(zip(tries, tries.dropFirst()).allSatisfy { $1 - $0 >= 60 })
        #expect(tries.count >= 10 && asked == ["vc1", "vc2", "vc3"])
    }

    @Test func `only one of two concurrent processes tries the login`() {
        var refusals = LoginRefusals()
        refusals.refused(login, by: "vc1", now: at(0))
        #expect(refusals.withhold(login, at: "vc1", now: at(60)) == nil)
        #expect(refusals.withhold(login, at: "vc1", now: at(60)) != nil)
    }

    @Test func `an undecided try is repeated in the next run`() {
        var refusals = LoginRefusals()
        refusals.refused(login, by: "vc1", now: at(0))
        #expect(refusals.withhold(login, at: "vc1", now: at(60)) == nil)
        refusals.undecided(login)
        #expect(refusals.withhold(login, at: "vc1", now: at(70)) == nil)
    }

    @Test func `a clock that is set back locks nobody out`() {
        var refusals = LoginRefusals()
        refusals.refused(login, by: "vc1", now: at(1_000_000))
        #expect(refusals.withhold(login, at: "vc1", now: at(0)) == nil)
        refusals.refused(login, by: "vc1", now: at(0))
        #expect(refusals.withhold(login, at: "vc1", now: at(59)) != nil)
        #expect(refusals.withhold(login, at: "vc1", now: at(60)) == nil)
        // A clock set back by less is no reason to try at once: with `--every 1s`, one second would suffice to lock an account.
        refusals.refused(login, by: "vc1", now: at(100))
        #expect(refusals.withhold(login, at: "vc1", now: at(99)) != nil)
    }

    @Test func `the memory does not show the login, and the same login has another digest in another file`() throws {
        var first = LoginRefusals()
        var second = LoginRefusals()
        first.refused(login, by: "vc1", now: at(0))
        second.refused(login, by: "vc1", now: at(0))
        let texts = try [first, second].map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
        #expect(texts.allSatisfy { !$0.contains("b3A6cHc") && !$0.contains("pw:") })
        func digests(_ text: String) -> [Substring] { text.matches(of: /"digest":"([^"]+)"/).map(\.1) }
        #expect(digests(texts[0]).count == 1 && digests(texts[0]) != digests(texts[1]))
    }

    @Test func `the memory of refusals is bounded`() throws {
        var refusals = LoginRefusals()
        for number in 0..<1000 { refusals.refused(Secret("Basic \(number)"), by: "vc", now: at(0)) }
        #expect(try JSONEncoder().encode(refusals).count < 100_000)
        #expect(refusals.withhold(Secret("Basic 999"), at: "vc", now: at(1)) != nil)
    }
}
