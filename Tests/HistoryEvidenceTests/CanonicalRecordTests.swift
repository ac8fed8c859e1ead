import Foundation
import HistoryEvidence
import TestSupport
import Testing

@Suite struct CanonicalRecordTests {
    private static func record(_ text: String?, _ number: Int64?) -> String {
        var record = CanonicalRecord()
        record.add("a", text)
        record.add("b", number)
        record.finish()
        return String(decoding: record.bytes, as: UTF8.self)
    }

    @Test(arguments: [
        ("plain", #""plain""#), ("", #""""#), (#"say "hi" \ there"#, #""say \"hi\" \\ there""#),
        ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#), ("\u{0}\u{1B}\u{1F}", #""\u0000\u001b\u001f""#),
        ("\u{7F}\u{2028}é漢😀/", "\"\u{7F}\u{2028}é漢😀/\""),
    ])
    func `strings are escaped as RFC 8785 says`(_ text: String, _ expected: String) {
        #expect(Self.record(text, nil) == "{\"a\":\(expected),\"b\":null}")
    }

    @Test(arguments: [0, 7, -1, 1_793_491_201_000, .max, .min] as [Int64])
    func `integers are decimal`(_ number: Int64) {
        #expect(Self.record(nil, number) == "{\"a\":null,\"b\":\(number)}")
    }

    @Test func `any text comes back from a JSON reader`() throws {
        var random = SeededGenerator(seed: .random(in: 0 ... .max))
        for _ in 0..<200 {
            let scalars = (0..<Int.random(in: 0..<20, using: &random)).compactMap { _ in
                UnicodeScalar(UInt32.random(in: 0..<(Bool.random(using: &random) ? 0x80 : 0x11_0000), using: &random))
            }
            let text = String(String.UnicodeScalarView(scalars))
            let read = try JSONSerialization.jsonObject(with: Data(Self.record(text, 1).utf8)) as? [String: Any]
            let back = try #require(read?["a"] as? String)
            #expect(back.unicodeScalars.elementsEqual(text.unicodeScalars))
        }
    }

    @Test func `the members of all records are in order`() throws {
        let run = RunRecord(
            run: 1, vCenter: "v", vCenterUUID: nil, endpoint: "e", collector: nil, toolVersion: "1", startedAt: 0,
            listedAt: nil, finishedAt: nil, outcome: "complete", failure: nil, clockOffset: nil, vms: 0, selection: nil,
            isWhole: false, polls: 0, failedPolls: 0, reportedPolls: 0, lastReportedAt: nil)
        var poll = PollRecord(vCenter: "v", vCenterUUID: nil)
        let records = [
            run.bytes, AmendmentRecord(.prune, at: 0, by: nil, toolVersion: "1").bytes,
            ListingChange(.gone, vm: "v", name: "n", instanceUUID: nil).bytes,
            withUnsafeBytes(of: UInt64(7)) { poll.bytes(answer: $0) },
        ]
        for record in records {
            let object = try JSONSerialization.jsonObject(with: Data(record))
            let sorted = try JSONSerialization.data(
                withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
            #expect(String(decoding: sorted, as: UTF8.self) == String(decoding: record, as: UTF8.self))
        }
    }
}
