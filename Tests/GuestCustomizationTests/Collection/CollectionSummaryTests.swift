import Testing

@testable import GuestCustomization

@Suite struct CollectionSummaryTests {
    private func summary(_ messages: [String]) -> CollectionSummary {
        var summary = CollectionSummary(vCenter: "vc", endpoint: .customizationLive, run: CollectionRunID(rawValue: 1))
        for (index, message) in messages.enumerated() {
            summary.count(
                Answer(result: .unavailable, httpStatus: 500, failure: .text(message)),
                of: VirtualMachine(id: "vm-\(index)", name: "web-\(index)"))
        }
        return summary
    }

    private func words(_ summary: CollectionSummary) -> [String] {
        summary.commonestReasons(3).map { "\($0.reason.count) \($0.reason.words($0.shape))" }
    }

    @Test func `failed polls are grouped by the shape of what was said, not by its text`() {
        let tools = (0..<30).map { "VMware Tools are not running in web-\($0)" }
        #expect(words(summary(tools + ["oops"])) == ["30 VMware Tools are not running in …", "1 oops"])
    }

    @Test func `one text is shown whole, however many polls got it`() {
        #expect(words(summary(["no answer in 30 s", "no answer in 30 s"])) == ["2 no answer in 30 s"])
    }

    @Test func `shapes are bounded`() {
        let summary = summary((0..<1000).map { index in String(repeating: "a", count: index + 1) })
        #expect(summary.reasons.count == 100 && summary.failedPolls == 1000)
    }
}
