import GuestCustomization
import Testing

@Suite struct NearestWordTests {
    private let names = ["gitlab-prod-01", "gitlab-prod-02", "web-01", "web-02", "münchen-db", "vm-42"]

    @Test(arguments: [
        ("web-10", ["web-01", "web-02"]), ("gitlab", ["gitlab-prod-01", "gitlab-prod-02"]),
        ("WEB-01", ["web-01", "web-02"]),
        ("prod-02", ["gitlab-prod-02"]), ("vm-24", ["vm-42"]), ("munchen-db", ["münchen-db"]), ("nobody", []), ("", []),
        ("x", []),
    ])
    func `the nearest words are suggested`(word: String, near: [String]) {
        #expect(NearestWord.several(to: word, among: names, atMost: 3) == near)
    }

    @Test(arguments: [
        ("reprot", "report"), ("repot", "report"), ("rnus", "runs"), ("shwo", "show"), ("colect", "collect"),
        ("exp", nil), ("REPORT", "report"), ("nonsense", nil),
    ])
    func `a typing error is recognized`(word: String, meant: String?) {
        let known = ["collect", "report", "show", "runs", "explain", "metrics", "demo", "config"]
        #expect(NearestWord.to(word, among: known) == meant)
    }

    @Test func `a huge word is compared quickly`() {
        let huge = String(repeating: "ab", count: 1_000_000)
        #expect(NearestWord.to(huge, among: names + [huge]) == huge)
    }
}
