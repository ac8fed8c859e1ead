import Foundation
import GuestCustomization
import HistoryConfiguration
import Testing

@testable import VCenterClient

@Suite struct WithholdingTests {
    private static func login(_ password: String) -> Withholding {
        Withholding(authorization: Credentials.login(user: "op", password: Secret(password)).authorization)
    }

    private static let token = "4e1c/7a2b9d8f+36f0&5c"

    private static func shown(_ text: String) -> String {
        login("Pa55/wörd&\u{1F511}x%").adding(token: token).shown(text)
    }

    @Test(arguments: [
        ("id 4e1c/7a2b9d8f+36f0&5c.", "id <redacted>."),
        (#"id 4e1c\/7a2b9d8f+36f0&5c."#, "id <redacted>."),
        (#"id 4e1c\u002f7a2b9d8f\u002B36f0\u00265c."#, "id <redacted>."),
        (#"id \u0034\u0065\u0031\u0063\u002F\u0037\u0061\u0032b9d8f+36f0&5c."#, "id <redacted>."),
        ("id 4e1c%2f7a2b9d8f%2B36f0%265c.", "id <redacted>."),
        ("id 4e1c%252f7a2b9d8f%252B36f0%25265c.", "id <redacted>."),
        ("id 4e1c&#x2F;7a2b9d8f&#43;36f0&amp;5c.", "id <redacted>."),
        ("id 4e1c&sol;7a2b9d8f&plus;36f0&amp;5c.", "id <redacted>."),
        (#"id 4e1c\\/7a2b9d8f\\u002b36f0\\u00265c."#, "id <redacted>."),
        (#"id 4e1c%5C/7a2b9d8f+36f0&5c."#, "id <redacted>."),
        ("id 4e1c/7a2b9d8f+36f0&5", "id <redacted>"),
        ("id 4e1c/7a2b9d8f+36", "id <redacted>"),
        ("id e1c/7a2b9d8f+36f0&5c", "id <redacted>"),
        ("twice 4e1c/7a2b9d8f+36f0&5c4e1c/7a2b9d8f+36f0&5c", "twice <redacted>"),
        ("and 4e1c/7a2b9d8f+36f0&5c, 4e1c/7a2b9d8f+36f0&5c", "and <redacted>, <redacted>"),
    ])
    func `a token is found in any encoding`(text: String, shown: String) {
        #expect(Self.shown(text) == shown)
    }

    @Test(arguments: [
        "Pa55/wörd&\u{1F511}x%", #"Pa55\/w\u00f6rd&\uD83D\uDD11x%"#, "Pa55%2Fw%C3%B6rd%26%f0%9F%94%91x%25",
        "Pa55/w&#246;rd&amp;&#x1F511;x&percnt;", "Pa55/wörd&\u{1F511}x",
        Data("op:Pa55/wörd&\u{1F511}x%".utf8).base64EncodedString(),
        Data("Pa55/wörd&\u{1F511}x%".utf8).base64EncodedString(),
    ])
    func `a password is found in any encoding`(text: String) {
        #expect(Self.shown("no <\(text)>") == "no <<redacted>>")
    }

    @Test func `other texts remain unchanged`() {
        for text in [
            "", "%", "\\", "&", "%2", "\\u00", "&#;", "&#x;", "&#99999999999;", "id 4e1c/7a2b",
            "100 % of C:\\temp & more",
            #"{"id":"vm-42","name":"50%25 off"}"#, "The customization script exited with status 127",
        ] {
            #expect(Self.shown(text) == text)
            #expect(Withholding.nothing.shown(text) == text)
        }
    }

    /// A short password may occur in any text by chance. If it is a separate word, no part of the text is shown: a mark in it
    /// would reveal the word.
    @Test(arguments: [
        ("abc", "the password abc is wrong", true), ("abc", "the alphabet: abcdef", false), ("abc", "xabc", false),
        ("e", "the error is here", false), ("e", "option e is wrong", true), ("e", #"{"password":"e"}"#, true),
        ("abc", #"{"p":"\u0061b\u0063"}"#, true), ("hunter2", "user=op&password=hunter2x", true),
        ("hunter", "the hunters", false), ("hunter", "hunter", true), ("$", "costs 5$", true),
        ("", "no password", false),
    ])
    func `a short password withholds the whole text only where it is a word`(
        password: String, text: String, isLeftOut: Bool
    ) {
        #expect(Self.login(password).shown(text) == (isLeftOut ? Withholding.leftOut : text))
    }

    @Test(arguments: [
        ("Authorization: Basic b3A6aHVudGVyMg==", true), ("…: Basic b3A6aHVu", true), ("dGVyMg==aHVudGVyMg==", true),
        ("Basic realm=\"vCenter\", b3A6", false), ("the password has expired", false), ("", false),
        ("no user op with the password hunter2", true), ("no user op", false),
    ])
    func `a text that repeats a part of a login is found wherever it is cut`(text: String, isRepeated: Bool) {
        #expect((Self.login("hunter2").withheld(Array(text.utf8)) != nil) == isRepeated)
    }

    @Test(arguments: 1...40)
    func `a secret of any length is found at every place, also if a byte is cut off`(length: Int) {
        let characters = Array("7gQ!x9#Wb2?Lm4$Tz6+Kc8=Rv3-Hn5:Fd1;Js0@Yp")
        let password = String(characters[..<length])
        let parts = length < 8 ? [password] : [password, String(password.dropFirst()), String(password.dropLast())]
        for place in 0..<20 {
            for part in parts {
                let text = String(repeating: ".", count: place) + part + " "
                #expect(Self.login(password).withheld(Array(text.utf8)) != nil)
            }
        }
    }

    @Test(arguments: [
        ("not Token=\"abcdefgh", false), ("nonce=\"12345678", true), ("was: YWJjZGVmZ2hp", true), ("SIGN", false),
    ])
    func `every part of a token's header is secret`(text: String, isRepeated: Bool) {
        let withholding = Withholding(
            authorization: Secret(#"SIGN token="YWJjZGVmZ2hpamts", nonce="1234567890""#))
        #expect((withholding.withheld(Array(text.utf8)) != nil) == isRepeated)
    }

    /// The text after a secret in a body keeps its meaning: JSON stays JSON.
    @Test func `an answer is read as received, and its words are shown without secrets`() throws {
        let body =
            #"{"status":"FAILED","start_time":"2026-11-01T00:00:00Z","error":{"id":"x","default_message":"for SUCCEEDED\/1 and 4e1c\/7a2b9d8f+36f0&5c"}}"#
        var answer = HTTPAnswer(status: 200, headers: [:], body: Array(body.utf8), isCut: false)
        answer.withhold(Self.login("SUCCEEDED/1").adding(token: Self.token))
        let read = Answer(answer, of: "vm-1")
        #expect(read.info?.status == .failed)
        #expect(read.info?.error?.text == "for <redacted> and <redacted>")
        let stored = String(decoding: try #require(read.body), as: UTF8.self)
        #expect(stored.contains("for <redacted> and <redacted>\"}}"))
        #expect(try JSONSerialization.jsonObject(with: Data(stored.utf8)) is [String: Any])
    }

    @Test(arguments: ["status", "FAILED", "error", "id"])
    func `a password that is a word of the answer costs no poll`(password: String) throws {
        let body = #"{"status":"FAILED","error":{"id":"x","default_message":"it broke"}}"#
        var answer = HTTPAnswer(status: 200, headers: [:], body: Array(body.utf8), isCut: false)
        answer.withhold(Self.login(password))
        let read = Answer(answer, of: "vm-1")
        #expect(read.result == .reported && read.info?.status == .failed)
        #expect(read.info?.error != nil)
    }
}
