import Foundation
import GuestCustomization
import HistoryConfiguration
import NIOHTTP1
import Testing

@testable import VCenterClient

/// How each kind of HTTP answer is recorded.
@Suite struct AnswerReadingTests {
    private func answer(_ status: Int, _ body: String, isCut: Bool = false) -> Answer {
        answer(status, Array(body.utf8), isCut: isCut)
    }

    private func answer(_ status: Int, _ body: [UInt8], isCut: Bool = false) -> Answer {
        Answer(.success(HTTPAnswer(status: status, headers: [:], body: body, isCut: isCut)), of: "vm-10")
    }

    @Test func `a running customization has a start and no end`() {
        let got = answer(200, #"{"status":"RUNNING","start_time":"2026-11-01T08:00:00.123Z","end_time":null}"#)
        #expect(got.result == .reported)
        #expect(got.info?.status == .running)
        #expect(got.info?.startTime == Timestamp(rfc3339: "2026-11-01T08:00:00.123Z"))
        #expect(got.info?.endTime == nil)
        #expect(got.httpStatus == 200)
    }

    @Test func `a failure keeps its message with every kind of parameter`() throws {
        let got = answer(
            200,
            #"""
            {"status":"FAILED","start_time":"2026-11-01T08:00:00Z","end_time":"2026-11-01T08:01:00Z","error":{
              "id":"com.vmware.x","default_message":"It failed.","args":["a","b"],"localized":"Es ging schief.",
              "params":{"text":{"s":"x"},"when":{"dt":"2026-11-01T08:00:00.123456Z","format":"MED_DATE_TIME"},
                        "count":{"i":9223372036854775807},"share":{"d":7.5E-1,"precision":2},
                        "cause":{"l":{"id":"inner","params":{"deep":{"l":{"id":"innermost"}}}}}}}}
            """#)
        guard case .message(let message) = got.info?.error else {
            Issue.record("no message")
            return
        }
        #expect(message.id == "com.vmware.x")
        #expect(message.args == ["a", "b"])
        #expect(got.errorMessage == "Es ging schief.")
        let params = try #require(message.params)
        #expect(params["text"] == LocalizationParam(.string("x")))
        #expect(params["when"] == LocalizationParam(.dateTime("2026-11-01T08:00:00.123456Z"), format: "MED_DATE_TIME"))
        #expect(params["count"] == LocalizationParam(.integer(.max)))
        #expect(params["share"] == LocalizationParam(.double(0.75), precision: 2))
        let innermost = NestedLocalizableMessage(id: "innermost")
        let inner = NestedLocalizableMessage(id: "inner", params: ["deep": LocalizationParam(.message(innermost))])
        #expect(params["cause"] == LocalizationParam(.message(inner)))
    }

    @Test func `a status that repeats a secret is none`() {
        var got = HTTPAnswer(
            status: 200, headers: [:], body: Array(#"{"status":"correct horse battery"}"#.utf8), isCut: false)
        let login = Credentials.login(user: "op", password: Secret("correct horse battery"))
        got.withhold(Withholding(authorization: login.authorization))
        let answer = Answer(.success(got), of: "vm-10")
        #expect(answer.result == .invalid && answer.info == nil)
        #expect(!String(decoding: answer.body ?? [], as: UTF8.self).contains("horse"))
    }

    @Test func `unescaped control characters are read`() {
        let got = answer(
            200, "{\"status\":\n\t\"FAILED\",\"error\":{\"id\":\"x\",\"default_message\":\"a\tb\nc\u{0}d\"}}")
        #expect(got.errorMessage == "a\tb\nc\u{0}d")
    }

    @Test func `a plain error of the older endpoint is kept as text`() {
        let got = answer(200, #"{"status":"FAILED","end_time":"2026-11-01T08:00:00Z","error":"sysprep said no"}"#)
        #expect(got.errorID == nil)
        #expect(got.errorMessage == "sysprep said no")
    }

    @Test(
        arguments: [
            (#""It failed.""#, nil),
            (#"{"id":"x.y","default_message":"It failed.","args":[]}"#, "x.y"),
            (#"{"id":"x.y","localized":"It failed."}"#, "x.y"), (#"{"localized":"It failed."}"#, nil),
            (#"{"default_message":"It failed."}"#, nil),
            (#"{"messages":[{"id":"x.y","default_message":"It failed."}]}"#, "x.y"),
            (#"{"messages":["It failed."]}"#, nil),
            (#"{"messages":[{},null,{"id":"x.y","default_message":"It failed."}]}"#, "x.y"),
            (#"{"error_type":"ERROR","messages":[{"id":"x.y","default_message":"It failed.","args":["web"]}]}"#, "x.y"),
            (#"["It failed.","Again."]"#, nil), (#"[{"id":"x.y","default_message":"It failed."}]"#, "x.y"),
            (#"{"error":{"error":{"messages":[{"id":"x.y","default_message":"It failed."}]}}}"#, "x.y"),
            (
                #"{"type":"com.vmware.vapi.std.errors.error","value":{"messages":[{"id":"x.y","default_message":"It failed."}]}}"#,
                "x.y"
            ),
            (#"{"message":"It failed.","code":7}"#, nil), (#"{"code":7,"errorMsg":"It failed."}"#, nil),
            (#"{"x":{"y":["",{"z":"It failed."}]}}"#, nil),
        ] as [(String, String?)])
    func `a failure's text is found in any form`(error: String, id: String?) {
        let body = #"{"status":"FAILED","end_time":"2026-11-01T08:01:00Z","error":\#(error)}"#
        let got = answer(200, body)
        #expect(got.result == .reported)
        #expect(got.errorMessage == "It failed.")
        #expect(got.errorID == id)
        #expect(got.body == Array(body.utf8))
    }

    @Test(
        arguments: [
            ("null", nil), ("{}", nil), ("[]", nil), ("\"\"", nil), (#"{"messages":[]}"#, nil), ("17", nil),
            ("false", nil),
            (#"{"error_type":"ERROR","messages":[]}"#, "ERROR"), (#"{"id":"x.y"}"#, "x.y"),
            (#"{"id":"x.y","args":["web"],"params":{"a":{"s":"b"}}}"#, "x.y"),
        ] as [(String, String?)])
    func `a failure without a readable text gives what is known`(error: String, text: String?) {
        let got = answer(200, #"{"status":"FAILED","error":\#(error)}"#)
        #expect(got.result == .reported)
        #expect(got.errorMessage == text)
    }

    @Test(arguments: [(#"{"error":"#, "}"), ("[", "]"), (#"{"params":{"a":{"l":"#, "}}}")])
    func `a deeply nested failure is read`(open: String, close: String) {
        let deep = String(repeating: open, count: 50_000) + "1" + String(repeating: close, count: 50_000)
        #expect(answer(200, #"{"status":"FAILED","error":\#(deep)}"#).result == .reported)
    }

    @Test func `an unknown status is reported, not refused`() {
        #expect(answer(200, #"{"status":"HIBERNATING"}"#).info?.status.rawValue == "HIBERNATING")
    }

    @Test(arguments: [
        #"{"status":"SUCCEEDED","start_time":17,"end_time":"yesterday","error":[],"new":{"x":1}}"#,
        "\u{FEFF}" + #"{"status":"SUCCEEDED"}"#,
        #"{"status":"SUCCEEDED"} trailing"#,
        #"{"status":"SUCCEEDED","error":{"id":"\ud800","args":"no"}}"#,
        #"{"x":"# + String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000)
            + #","status":"SUCCEEDED"}"#,
    ])
    func `the understood parts of an answer are reported`(body: String) {
        let got = answer(200, body)
        #expect(got.result == .reported)
        #expect(got.info?.status == .succeeded)
        #expect(got.info?.startTime == nil)
        #expect(got.body == Array(body.utf8))
    }

    @Test func `invalid UTF-8 is read with replacement characters and kept as received`() {
        let body = Array(#"{"status":"FAILED","error":"caf"#.utf8) + [0xE9] + Array(#""}"#.utf8)
        let got = answer(200, body)
        #expect(got.errorMessage == "caf\u{FFFD}")
        #expect(got.body == body)
    }

    @Test func `a lone surrogate becomes a replacement character and a pair its character`() {
        let got = answer(200, #"{"status":"FAILED","error":"\ud83d\ude00 \ud83d! \udc00"}"#)
        #expect(got.errorMessage == "😀 \u{FFFD}! \u{FFFD}")
    }

    @Test(arguments: [
        "", "null", "[]", "\"SUCCEEDED\"", "{}", #"{"status":null}"#, #"{"status":7}"#, #"{"status":""}"#,
        "<html></html>",
        #"{"status":"SUCC"#, "{\"status\":\"" + String(repeating: "A", count: 300) + "\"}",
    ])
    func `an answer that cannot be understood is invalid and kept`(body: String) {
        let got = answer(200, body)
        #expect(got.result == .invalid)
        #expect(got.info == nil)
        #expect(got.errorMessage != nil)
        #expect(got.body == (body.isEmpty ? nil : Array(body.utf8)))
    }

    @Test(arguments: [
        (401, "", Answer.Result.unauthenticated), (403, "", .unavailable), (404, "", .unavailable),
        (403, #"{"error_type":"UNAUTHORIZED"}"#, .unauthorized), (404, #"{"error_type":"NOT_FOUND"}"#, .notFound),
        (404, "<html>404 Not Found</html>", .unavailable), (404, #"{"error":"not found"}"#, .unavailable),
        (503, "", .unavailable),
        (500, "", .unavailable), (502, "<html>Bad Gateway</html>", .unavailable), (429, "slow down", .unavailable),
        (504, "", .timedOut), (302, "", .invalid), (204, "", .invalid), (400, "", .invalid),
        (400, #"{"error_type":"UNABLE_TO_ALLOCATE_RESOURCE","messages":[]}"#, .unavailable),
        (400, #"{"error_type":"RESOURCE_INACCESSIBLE"}"#, .unavailable),
        (500, #"{"error_type":"TIMED_OUT"}"#, .timedOut), (500, #"{"error_type":"NOT_FOUND"}"#, .notFound),
        (404, #"{"messages":[]}"#, .unavailable),
        (
            404, #"{"messages":[{"id":"com.vmware.api.vcenter.vm.not_found","default_message":"gone","args":[]}]}"#,
            .notFound
        ),
        (404, #"{"error_type":"NOT_FOUND","messages":[{"id":"com.vmware.vapi.rest.httpNotFound"}]}"#, .unavailable),
        (
            404, #"{"error_type":"NOT_FOUND","messages":[{"id":"com.vmware.vapi.rest.operationsForUrlNotFound"}]}"#,
            .unavailable
        ),
        (404, #"{"error_type":"OPERATION_NOT_FOUND","messages":[]}"#, .unavailable),
        (418, #"{"error_type":"TEAPOT"}"#, .invalid),
    ])
    func `the error type has precedence over the status`(status: Int, body: String, expected: Answer.Result) {
        let got = answer(status, body)
        #expect(got.result == expected)
        #expect(got.httpStatus == status)
        #expect(got.failure != nil)
    }

    @Test func `the reason is an error's first message`() {
        let got = answer(
            404,
            #"{"error_type":"NOT_FOUND","messages":[{"id":"x.notFound","default_message":"VM vm-9 is gone.","args":["vm-9"]}]}"#
        )
        #expect(got.errorID == "x.notFound")
        #expect(got.errorMessage == "VM vm-9 is gone.")
    }

    @Test func `a proxy's page is reduced to its words`() {
        let page = "<html><style>b{}</style><h1>502  Bad\nGateway</h1></html>"
        #expect(answer(502, page).errorMessage == "502 Bad Gateway")
    }

    @Test func `a body over the limit is invalid, and its beginning is kept`() {
        let got = answer(200, String(repeating: "x", count: 100_000), isCut: true)
        #expect(got.result == .invalid)
        #expect(got.body?.count == Answer.keptOfOtherBodies)
    }

    @Test func `only a part of a long refusal is kept`() {
        let long = String(repeating: "ä\u{301}", count: 100_000)
        let message =
            #"{"id":"\#(long)","default_message":"\#(long)","args":["\#(long)"],"params":{"a":{"s":"\#(long)"}}}"#
        for body in [#"{"error_type":"UNAUTHORIZED","messages":[\#(message)]}"#, #"{"error_type":"\#(long)"}"#] {
            guard let failure = answer(403, body).failure else {
                Issue.record("no reason")
                return
            }
            #expect((failure.text?.unicodeScalars.count).map { (100...4096).contains($0) } == true)
            #expect(failure.id.map { $0.unicodeScalars.count <= 4096 } != false)
            if case .message(let kept) = failure { #expect(kept.args.isEmpty && kept.params == nil) }
        }
    }

    @Test func `a missing answer has a reason`() {
        let timedOut = Answer(
            .failure(TransportFault(kind: .timedOut, reason: "no complete answer within 30 s")), of: "vm-1")
        #expect(timedOut.result == .timedOut)
        #expect(timedOut.errorMessage == "no complete answer within 30 s")
        #expect(Answer(.failure(TransportFault(kind: .notHTTP, reason: "x")), of: "vm-1").result == .invalid)
        #expect(Answer(.failure(TransportFault(kind: .unreachable, reason: "x")), of: "vm-1").result == .unreachable)
    }
}
