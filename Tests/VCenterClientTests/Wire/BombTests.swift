import BombCorpus
import GuestCustomization
import HistoryConfiguration
import Testing

@testable import VCenterClient

/// The results of answers designed to take much time. scripts/benchmark-bombs measures the time.
@Suite struct BombTests {
    private static let withholding = Withholding(
        authorization: Credentials.login(user: "op", password: Secret("correct horse battery")).authorization
    ).adding(token: "5f0c2a4e9d1b4c7f8a3e6d5b0c9f1a2e")

    @Test(arguments: Bomb.all()) func `a bomb is read like any other answer`(bomb: Bomb) {
        var http = HTTPAnswer(status: bomb.status, headers: [:], body: bomb.body, isCut: false)
        http.withhold(Self.withholding)
        let answer = Answer(http, of: "vm-1")
        if bomb.isReported {
            #expect(answer.result == .reported && answer.info?.status == .failed)
            #expect(answer.body?.count == bomb.body.count)
        } else {
            #expect(answer.result != .reported && answer.info == nil)
            #expect((answer.errorMessage ?? "").unicodeScalars.count <= 4096)
            #expect((answer.body ?? []).count <= 16 * 1024)
        }
        _ = FailureCause.of(id: answer.errorID, message: answer.errorMessage, names: ["vm-1"])
    }

    @Test func `messages that nest too deeply are read up to the limit`() throws {
        let depth = JSONReader.maximumNesting
        let body = String(repeating: #"{"a":"#, count: 3 * depth) + "1" + String(repeating: "}", count: 3 * depth)
        var value = try #require(JSONReader.value(of: Array("[\(body),2]".utf8))?.array)
        #expect(value.count == 2)
        var levels = 1
        while let inner = value[0]["a"] {
            value[0] = inner
            levels += 1
        }
        #expect(levels == depth - 1)
    }

    @Test func `values beyond the limit are not read`() {
        let list = "[" + String(repeating: "1,", count: JSONReader.maximumValues) + "1]"
        #expect(JSONReader.value(of: Array(list.utf8)) == nil)
    }

    @Test(arguments: [
        ("<<<<<", "<<<<<"), ("<b>a</b>", "a"), ("a<style>x{}</style>b", "a b"), ("a<STYLE >x</Style>b", "a b"),
        ("a<style>x", "a x"), ("<styles>a</styles>", "a"), ("a < b", "a < b"),
        ("<script>1<2</script>Bad gateway", "Bad gateway"),
        ("a<b", "a<b"), ("", ""), ("<>", ""), ("<script>x</style>y", "x y"),
    ])
    func `a page is read without its tags`(page: String, text: String) {
        #expect(PageText.text(of: Array(page.utf8)) == text)
    }
}
