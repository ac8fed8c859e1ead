import GuestCustomization
import TestSupport
import Testing

@testable import HistoryConfiguration

@Suite struct KnownHostsTests {
    private let files: TemporaryDirectory

    init() throws { files = try TemporaryDirectory() }

    private let sha1 = "DA:39:A3:EE:5E:6B:4B:0D:32:55:BF:EF:95:60:18:90:AF:D8:07:09"
    private let sha256 =
        "E3:B0:C4:42:98:FC:1C:14:9A:FB:F4:C8:99:6F:B9:24:27:AE:41:E4:64:9B:93:4C:A4:95:99:1B:78:52:B8:55"

    @Test func `thumbprints are upper-case hex pairs between colons`() {
        // The digests of the empty message, from the well-known examples of FIPS 180-4.
        #expect(Thumbprint(.sha1, ofDER: []).description == sha1)
        #expect(Thumbprint(.sha256, ofDER: []).description == sha256)
        #expect(Thumbprint(sha256) == Thumbprint(.sha256, ofDER: []))
        #expect(Thumbprint(sha256.lowercased().filter { $0 != ":" }) == Thumbprint(.sha256, ofDER: []))
    }

    @Test(arguments: [
        "", ":", "AB", "DA:39", String(repeating: "zz", count: 20), String(repeating: "ab", count: 33),
        "+1:" + String(repeating: "ab:", count: 18) + "ab",
    ])
    func `a digest of other than 20 or 32 bytes is not a thumbprint`(text: String) {
        #expect(Thumbprint(text) == nil)
    }

    @Test func `the last line about a host counts, and a missing port means 443`() throws {
        var hosts = KnownHosts()
        hosts.add(
            "vc1.example.com \(sha1)\nVC1.example.com:443 \(sha256)\r\nvc2:8443 \(sha1)\n[::1] \(sha1)\nnonsense\n\n# note\n",
            from: "f")
        #expect(try hosts.pin(for: VCenterAddress(host: "vc1.example.com"))?.thumbprint.description == sha256)
        #expect(try hosts.pin(for: VCenterAddress(host: "vc1.example.com"))?.origin == "f:2")
        #expect(try hosts.pin(for: VCenterAddress(host: "vc2", port: 8443))?.thumbprint.algorithm == .sha1)
        #expect(try hosts.pin(for: VCenterAddress(host: "::1"))?.origin == "f:4")
        #expect(try hosts.pin(for: VCenterAddress(host: "vc2")) == nil)
    }

    @Test func `a host name with a trailing dot is the same host`() throws {
        var hosts = KnownHosts()
        hosts.add("vcsa.example.org. \(sha1)\nVCSA2.example.org.:8443 \(sha256)\n", from: "f")
        #expect(try hosts.pin(for: VCenterAddress(host: "vcsa.example.org"))?.origin == "f:1")
        #expect(try hosts.pin(for: VCenterAddress(host: "vcsa2.example.org.", port: 8443))?.origin == "f:2")
    }

    @Test func `a broken line affects only its own host and is named`() throws {
        var hosts = KnownHosts()
        hosts.add("vc1 \(sha1)\nvc2 12:34\n", from: "/etc/known")
        #expect(try hosts.pin(for: VCenterAddress(host: "vc1")) != nil)
        let error = #expect(throws: HistoryError.self) { try hosts.pin(for: VCenterAddress(host: "vc2")) }
        #expect(error?.message.hasPrefix("/etc/known:2: the text after vc2:443 is not a thumbprint") == true)
    }

    @Test func `several files are read, and a missing one pins nothing`() throws {
        let one = try files.write("one", "vc1 \(sha1)\n")
        let hosts = try KnownHosts(files: [one, files.path("absent")])
        #expect(try hosts.pin(for: VCenterAddress(host: "vc1")) != nil)
    }
}
