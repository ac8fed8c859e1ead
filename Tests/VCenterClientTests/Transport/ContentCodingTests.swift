import Testing
import VCenterSimulator

@testable import VCenterClient

@Suite struct ContentCodingTests {
    private let json = Array(#"{"status":"SUCCEEDED","start_time":"2026-11-01T08:00:00Z"}"#.utf8)

    private func read(
        _ body: [UInt8], _ labels: String..., isWhole: Bool = true, limit: Int = 1 << 20
    ) -> ContentCoding.Content {
        ContentCoding.content(of: body, labels: labels, isWhole: isWhole, limit: limit)
    }

    @Test(arguments: SimulatedCompression.allCases)
    func `a body is decompressed in each format that servers send`(compression: SimulatedCompression) {
        let content = read(compression.compressing(json), compression.label)
        #expect(content.bytes == json && content.damage == nil && !content.isCut)
    }

    @Test(arguments: ["gzip", "x-gzip", "GZIP", " gzip ", "identity, gzip", "deflate", "", "br"])
    func `a gzip body is read whatever its label`(label: String) {
        #expect(read(SimulatedCompression.gzip.compressing(json), label).bytes == json)
        #expect(read(SimulatedCompression.gzip.compressing(json)).bytes == json)
    }

    @Test(arguments: ["gzip", "deflate", "br"])
    func `an uncompressed body is read whatever its label`(label: String) {
        #expect(read(json, label).bytes == json)
        #expect(read(json, label).damage == nil)
        #expect(read([], label).bytes.isEmpty)
    }

    @Test(arguments: ["gzip", "deflate"])
    func `a page with a wrong compression label is kept as received`(label: String) {
        for page in ["<html>Bad Gateway</html>", " \n{}", "\u{FEFF}{}", "Service Unavailable"] {
            #expect(read(Array(page.utf8), label).bytes == Array(page.utf8), "\(page)")
        }
    }

    @Test func `an unrequested format is named in the error`() {
        #expect(read([0x1B, 0x03, 0x00], "br").damage?.contains("br") == true)
    }

    @Test func `a body in several members or compressed twice is read completely`() {
        let gzip = SimulatedCompression.gzip
        #expect(read(gzip.compressing(Array(json[..<20])) + gzip.compressing(Array(json[20...])), "gzip").bytes == json)
        #expect(read(gzip.compressing(gzip.compressing(json)), "gzip, gzip").bytes == json)
        #expect(read(gzip.compressing(json) + [0, 0, 0], "gzip").bytes == json)
    }

    @Test(arguments: SimulatedCompression.allCases)
    func `a truncated body is damaged, and its beginning is kept`(compression: SimulatedCompression) {
        let body = compression.compressing(json)
        for count in 3..<body.count {
            let content = read(Array(body.prefix(count)), compression.label)
            // Too little to recognize the format.
            if content.damage == nil, content.bytes == Array(body.prefix(count)) { continue }
            #expect(content.damage != nil, "\(count) of \(body.count)")
            #expect(json.starts(with: content.bytes))
        }
        #expect(read(Array(body.dropLast()), compression.label).damage?.contains("incomplete") == true)
    }

    @Test func `a body with a wrong checksum is damaged`() {
        var body = SimulatedCompression.gzip.compressing(json)
        body[body.count - 6] ^= 1
        #expect(read(body, "gzip").damage?.contains("damaged") == true)
    }

    @Test(arguments: SimulatedCompression.allCases)
    func `a body is read only up to the limit, whatever its expanded size`(compression: SimulatedCompression) {
        let bomb = compression.compressing([UInt8](repeating: UInt8(ascii: " "), count: 64 << 20))
        #expect(bomb.count < 1 << 17)
        let content = read(bomb, compression.label, limit: 1000)
        #expect(content.isCut && content.bytes.count == 1000)
        let exact = read(compression.compressing(json), compression.label, limit: json.count)
        #expect(!exact.isCut && exact.bytes == json)
    }

    @Test func `a partial body is read as far as possible`() {
        let body = SimulatedCompression.gzip.compressing(json)
        let content = read(Array(body.dropLast(10)), "gzip", isWhole: false)
        #expect(content.damage == nil && !content.bytes.isEmpty)
    }
}
