import Foundation
import GuestCustomization
import TestSupport
import Testing

@testable import ReportRendering

@Suite struct MailRendererTests {
    /// The HTML of a message, read back from its last part.
    private func page(_ report: Report, limit: Int? = nil) throws -> String {
        let message = MailRenderer(limit: limit).render(report)
        let part = try #require(message.components(separatedBy: "Content-Transfer-Encoding: base64\n\n").last)
        let encoded = try #require(part.components(separatedBy: "\n--=_").first)
        return String(
            decoding: try #require(Data(base64Encoded: encoded, options: .ignoreUnknownCharacters)), as: UTF8.self)
    }

    @Test func `a page has no style sheet, script, class or picture, which mail programs remove`() throws {
        for report in [eventfulWeek, hostileReport, report([])] {
            let page = try page(report)
            #expect(!page.contains(/<(style|script|link|svg|img|form|details)/))
            #expect(!page.contains(/<[^>]* (class|id|on[a-z]+|src|href)=/))
        }
    }

    @Test(arguments: 1...100) func `no text becomes markup or a header`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let (name, error) = (hostileText(using: &random), hostileText(using: &random))
        func message(_ name: String, _ error: String) -> Report {
            report([
                customization(
                    .failed, end: 10, vCenter: "\"'<>&\(name)", vm: "vm-1", name: name, errorID: error,
                    error: error + "</td><script>\"'")
            ])
        }
        func shape(_ report: Report) throws -> [Substring] {
            try page(report).matches(of: /<\/?[a-z]+/).map(\.output).filter { $0 != "<wbr" }
        }
        func headers(_ report: Report) -> [Substring] {
            MailRenderer().render(report).split(separator: "\n", omittingEmptySubsequences: false).prefix {
                !$0.isEmpty
            }
            .filter { !$0.hasPrefix("Content-Type: ") }
        }
        #expect(try shape(message(name, error)) == shape(message("name", "error")))
        #expect(headers(message(name, error)) == headers(message("name", "error")))
    }

    @Test func `lines are short and Gmail does not clip a report on many VMs`() {
        let long = String(repeating: "x", count: 5000) + String(repeating: "<&>\"' é漢 ", count: 800)
        let failures = (0..<300).map {
            customization(.failed, end: Double($0), vm: "vm-\($0)", name: long, errorID: long, error: "\($0) \(long)")
        }
        for report in [report(failures), hostileReport, manyVMsReport] {
            let message = MailRenderer().render(report)
            #expect(message.split(separator: "\n").map(\.utf8.count).max() ?? 0 <= 998)
            #expect(message.utf8.allSatisfy { $0 != UInt8(ascii: "\r") })
        }
        #expect(MailRenderer().render(manyVMsReport).utf8.count < 102_000)
    }

    @Test func `a subject tells what to do, and that there is no data`() {
        func subject(_ report: Report) -> String? {
            MailRenderer().render(report).firstMatch(of: /(?m)^Subject: (.*)$/).map { String($0.1) }
        }
        #expect(
            subject(
                report([customization(.failed, end: 10, vm: "vm-1"), customization(.succeeded, end: 20, vm: "vm-2")]))
                == "Guest customizations: 1 failed of 2 finished, 1 VM failing")
        #expect(subject(report([])) == "Guest customizations: no data")
    }

    @Test func `an address is one address`() {
        for good in ["ops@example.org", "root", "a.b+c@sub.example.org", "o'brien@example.org"] {
            #expect(MailAddress(good)?.text == good)
        }
        for bad in [
            "", "a@b@c", "@example.org", "ops@", "ops@example.org\nBcc: x@y", "a, b@c", "Ops <ops@example.org>",
            "a b@c",
            "-oQ/tmp", "ops@exämple.org", String(repeating: "a", count: 255), "a@b;c@d",
        ] {
            #expect(MailAddress(bad) == nil, "\(bad)")
        }
    }
}
