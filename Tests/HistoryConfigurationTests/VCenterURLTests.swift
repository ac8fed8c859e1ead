import Testing

@testable import HistoryConfiguration

@Suite struct VCenterURLTests {
    @Test(arguments: [
        ("vc.example.com", "https://vc.example.com"),
        ("https://vc.example.com", "https://vc.example.com"),
        ("HTTPS://VC.Example.COM/sdk", "https://vc.example.com"),
        ("vc.example.com/sdk/", "https://vc.example.com"),
        ("  https://vc.example.com/ \n", "https://vc.example.com"),
        ("vc.example.com:8443", "https://vc.example.com:8443"),
        ("vc.example.com:443", "https://vc.example.com"),
        ("vc.example.com:", "https://vc.example.com"),
        ("192.0.2.7:8989/sdk", "https://192.0.2.7:8989"),
        ("[2001:db8::7]", "https://[2001:db8::7]"),
        ("https://root@[::1]:8989/sdk", "https://[::1]:8989"),
        ("vc_lab.example.com", "https://vc_lab.example.com"),
        ("vcsa.example.org.", "https://vcsa.example.org"),
        ("https://VCSA.example.org.:8443/sdk", "https://vcsa.example.org:8443"),
        ("vcénter.example.com", "https://xn--vcnter-cva.example.com"),
    ])
    func `scheme, port and /sdk are optional`(written: String, base: String) throws {
        #expect(try VCenterURL(written).address.baseURL == base)
    }

    @Test(arguments: [
        ("administrator@vsphere.local:pw@vc", "administrator@vsphere.local", "pw"),
        ("https://administrator%40vsphere.local:p%40ss%2F@vc/sdk", "administrator@vsphere.local", "p@ss/"),
        ("user:a:b:c@vc", "user", "a:b:c"),
        ("üser:pässwörd 1@vc", "üser", "pässwörd 1"),
        (#"LAB\op:pw@vc"#, #"LAB\op"#, "pw"),
        ("user:50%25@vc", "user", "50%"),
    ])
    func `user name and password in the URL are percent-decoded`(
        written: String, user: String, password: String
    ) throws {
        let url = try VCenterURL(written)
        #expect(url.user == user)
        #expect(url.password?.exposed == password)
        #expect(url.address.host == "vc")
    }

    @Test func `an empty user name or password counts as missing`() throws {
        let url = try VCenterURL("https://:@vc")
        #expect(url.user == nil)
        #expect(url.password == nil)
        #expect(try VCenterURL("https://op@vc").user == "op")
    }

    @Test(arguments: [
        ("VC1.example.com", "vc1.example.com"), ("vc1.example.com:443", "vc1.example.com"),
        ("vc1.example.com.", "vc1.example.com"), ("localhost:8443", "localhost:8443"), ("[::1]", "::1"),
        ("[::1]:8443", "[::1]:8443"),
    ])
    func `the host name is the default name, with the port if it is not 443`(url: String, name: String) throws {
        #expect(try VCenterURL(url).address.defaultName == name)
    }

    @Test(arguments: [
        ("VC1.example.com.", "vc1.example.com:443"), ("[0:0::01]", "[::1]"), ("[FE80::A]:8443", "[fe80:0::a]:8443"),
    ])
    func `two spellings of one address are equal`(left: String, right: String) throws {
        #expect(try VCenterURL(left).address.canonical == VCenterURL(right).address.canonical)
        #expect(try VCenterURL(left).address.canonical != VCenterURL("vc2.example.com").address.canonical)
    }

    @Test func `known-hosts files name an address with its port`() throws {
        let address = try VCenterURL("VC1.example.com").address
        #expect(address.description == "vc1.example.com:443")
        #expect(try VCenterURL("[::1]:8443").address.description == "[::1]:8443")
        #expect(try VCenterURL("vcsa.example.org.").address == VCenterURL("VCSA.example.org").address)
        #expect(try VCenterURL("vcsa.example.org.").address.defaultName == "vcsa.example.org")
    }

    @Test(arguments: [
        ("", "is empty"),
        ("   ", "is empty"),
        ("http://vc", "unencrypted"),
        ("HTTP://vc", "unencrypted"),
        ("ftp://vc", "scheme other than https"),
        ("https://", "has no host"),
        ("https:///sdk", "has no host"),
        ("user:pw@", "has no host"),
        ("vc example", "is not a URL"),
        ("vc%41.example", "characters that are not allowed in a host name"),
        ("vc\u{0}", "is not a URL"),
        ("vc;rm", "characters that are not allowed in a host name"),
        ("vc:0", "port outside 1 to 65535"),
        ("vc:65536", "port outside 1 to 65535"),
        ("vc:https", "is not a URL"),
        ("::1", "is not a URL"),
        ("[::zz]", "not an IPv6 address"),
        ("[fe80::1%25eth0]", "IPv6 address with a zone"),
        ("https://[fe80::1%eth0]:8443/sdk", "IPv6 address with a zone"),
        ("user:p/w@vc", "%2F"),
        ("user:p#w@vc", "%23"),
        ("user:p%FFw@vc", "not UTF-8"),
        ("vc/ui/app", "more than a host name"),
        ("vc/sdk?x=1", "more than a host name"),
        ("vc/sdk#x", "more than a host name"),
    ])
    func `a URL that names no vCenter is refused with the reason`(written: String, reason: String) {
        #expect {
            try VCenterURL(written)
        } throws: { error in
            (error as? VCenterURL.Invalid)?.reason.contains(reason) == true
        }
    }

    @Test(arguments: [
        "user:hunter2/x@vc", "user:hunter2%FF@vc", "http://user:hunter2@vc", "user:hunter2@vc/ui", "user:hunter2@v c",
    ])
    func `no refusal repeats the password`(written: String) {
        let refusal = #expect(throws: VCenterURL.Invalid.self) { try VCenterURL(written) }
        #expect(refusal.map { String(reflecting: $0).contains("hunter2") } == false)
    }
}
