import GuestCustomization
import Testing

@Suite struct PollFailuresTests {
    /// The failures of VMs `web-0`, `web-1`, … with these messages.
    private func failures(_ messages: [String?], untranslated: [String?] = []) -> PollFailures {
        var failures = PollFailures()
        for (index, message) in messages.enumerated() {
            failures.add(
                .unavailable, httpStatus: 503, errorID: nil, message: message,
                untranslated: untranslated.isEmpty ? nil : untranslated[index], names: ["web-\(index)", "vm-\(index)"])
        }
        return failures
    }

    private func lines(_ failures: PollFailures) -> [String] {
        failures.commonest(3).map { "\($0.count) \($0.reason ?? $0.result.rawValue)" }
    }

    @Test func `failures that differ only in their VM are one failure without VM names`() {
        let tools = (0..<30).map { "VMware Tools are not running in web-\($0)" }
        #expect(lines(failures(tools + ["oops"])) == ["30 VMware Tools are not running in …", "1 oops"])
    }

    @Test func `a failure of one VM names it`() {
        #expect(
            lines(failures(["VMware Tools are not running in web-0"])) == ["1 VMware Tools are not running in web-0"])
    }

    @Test func `a part that all failures share is shown`() {
        let messages = ["host 10.0.0.7: no answer from web-0", "host 10.0.0.7: no answer from web-1"]
        #expect(lines(failures(messages)) == ["2 host 10.0.0.7: no answer from …"])
        #expect(lines(failures(["no answer in 30 s", "no answer in 30 s"])) == ["2 no answer in 30 s"])
    }

    @Test func `a failure in two languages is one failure`() {
        let both = failures(
            ["Die VMware Tools laufen nicht", "VMware Tools are not running"],
            untranslated: ["VMware Tools are not running", nil])
        #expect(both.commonest(9).map(\.count) == [2])
    }

    @Test func `the order of polls does not matter`() {
        var late = PollFailures()
        late.add(.timedOut, httpStatus: nil, errorID: nil, message: "late", names: [])
        late.add(.unavailable, httpStatus: nil, errorID: nil, message: "late", names: [])
        var early = PollFailures()
        early.add(.unavailable, httpStatus: nil, errorID: nil, message: "late", names: [])
        early.add(.timedOut, httpStatus: nil, errorID: nil, message: "late", names: [])
        #expect(early.commonest(2) == late.commonest(2))

        var forth = PollFailures()
        var back = PollFailures()
        let said = [("a 1 is down at 9", "a"), ("b 1 is down at 7", "b"), ("c 1 is down at 7", "c")]
        for (message, name) in said {
            forth.add(.invalid, httpStatus: nil, errorID: nil, message: message, names: [name])
        }
        for (message, name) in said.reversed() {
            back.add(.invalid, httpStatus: nil, errorID: nil, message: message, names: [name])
        }
        #expect(forth.commonest(1) == back.commonest(1))
        #expect(lines(forth) == ["3 … is down at …"])
    }

    @Test func `the kinds are bounded, but their count is not`() {
        let many = failures((0..<1000).map { String(repeating: "a", count: $0 + 1) })
        #expect(many.commonest(.max).count == 100 && many.count == 1000)
    }

    @Test func `no failures have no commonest one`() {
        #expect(PollFailures().commonest(1).isEmpty)
    }
}
