import GuestCustomization
import Testing

@testable import HistoryConfiguration

/// The rules of `httpproxy` in Go's `golang.org/x/net`, which govc follows.
@Suite struct ProxyRouteTests {
    private static let proxy = "http://proxy.example.org:3128"

    private func route(_ url: String, _ environment: [String: String]) throws -> ProxyRoute {
        try ProxyRoute(to: VCenterURL(url).address, environment: environment)
    }

    @Test(arguments: [
        ("http://proxy.example.org:3128", "http://proxy.example.org:3128"),
        ("proxy.example.org:3128", "http://proxy.example.org:3128"),
        ("proxy.example.org", "http://proxy.example.org:80"), ("HTTP://proxy/", "http://proxy:80"),
        ("http://op:pa%40ss@proxy:8080", "http://op@proxy:8080"), ("[2001:db8::1]:3128", "http://[2001:db8::1]:3128"),
    ])
    func `a route leads through the named proxy, whose password is not shown`(value: String, shown: String) throws {
        let route = try route("vc.example.org", ["HTTPS_PROXY": value])
        #expect(route.proxy?.description == shown)
        #expect(route.summary == "\(shown) (HTTPS_PROXY)")
        #expect(!"\(route)".contains("pa@ss"))
    }

    @Test func `a route carries the user name and password percent-decoded`() throws {
        let proxy = try route("vc", ["HTTPS_PROXY": "http://op:pa%40ss%3A@proxy:8080"]).proxy
        // RFC 7617's form: the base64 of "op:pa@ss:".
        #expect(proxy?.authorization?.exposed == "Basic b3A6cGFAc3M6")
        #expect(try route("vc", ["HTTPS_PROXY": "http://proxy:8080"]).proxy?.authorization == nil)
    }

    @Test func `the upper-case variable has precedence, and one for http only is ignored`() throws {
        #expect(try route("vc", ["HTTPS_PROXY": "a:1", "https_proxy": "b:1"]).proxy?.host == "a")
        #expect(try route("vc", ["HTTPS_PROXY": "", "https_proxy": "b:1"]).proxy?.host == "b")
        #expect(try route("vc", [:]) == .direct)
        let http = try route("vc", ["HTTP_PROXY": "a:1"])
        #expect(http.proxy == nil)
        #expect(http.summary == "none: HTTP_PROXY is for http:// only, and HTTPS_PROXY is not set")
        let exemption = ["https_proxy": "a:1", "NO_PROXY": "vc", "no_proxy": "other"]
        #expect(try route("vc", exemption).summary == "none: NO_PROXY exempts this vCenter")
        #expect(try route("other", exemption).proxy != nil)
    }

    @Test(arguments: ["localhost", "LOCALHOST:8443", "127.0.0.1", "127.8.8.8:443", "[::1]", "[::ffff:127.0.0.1]"])
    func `a route to this machine is always direct`(url: String) throws {
        let route = try route(url, ["HTTPS_PROXY": Self.proxy])
        #expect(route.proxy == nil)
        #expect(route.summary == "none: connections to this machine never use a proxy")
    }

    @Test(arguments: [
        ("vc.example.org", "*"), ("192.0.2.1", "a, * ,b"), ("vc.example.org", "example.org"),
        ("example.org", "example.org"),
        ("vc.example.org.", "EXAMPLE.org"), ("vc.example.org", ".example.org"), ("vc.example.org", "*.example.org"),
        ("vc.example.org", "x, vc.example.org ,y"), ("vc.example.org:8443", "vc.example.org:8443"),
        ("vc.example.org", "example.org:443"),
        ("192.0.2.1", "192.0.2.1"), ("192.0.2.1:8443", "192.0.2.1:8443"), ("192.0.2.1", "192.0.2.0/24"),
        ("192.0.2.129", "192.0.2.128/25"),
        ("[2001:db8::7]", "2001:db8::7"), ("[2001:db8::7]:443", "[2001:db8::7]:443"),
        ("[2001:db8::7]", "2001:db8::/32"),
        ("[2001:db8::7]", "[2001:DB8:0::7]"), ("10.1.2.3", "0.0.0.0/0"), ("[::ffff:192.0.2.1]", "192.0.2.1"),
    ])
    func `a route to a host exempted by NO_PROXY is direct`(url: String, exemptions: String) throws {
        #expect(try route(url, ["HTTPS_PROXY": Self.proxy, "NO_PROXY": exemptions]).proxy == nil)
    }

    @Test(arguments: [
        ("vc.example.org", ""), ("vc.example.org", "ample.org"), ("example.org", ".example.org"),
        ("example.org", "*.example.org"),
        ("vc.example.org", "vc.example.org:8443"), ("vc.example.org:8443", "vc.example.org:443"),
        ("192.0.2.1", "192.0.2.1:8443"),
        ("192.0.2.1", "192.0.2.128/25"), ("192.0.2.1", "0.2.1"), ("192.0.2.1", "2001:db8::/32"),
        ("vc.example.org", "10.0.0.0/8"),
        ("vc.example.org", ":443"), ("vc.example.org", "vc"), ("vc.example.org", "example.*"),
        ("192.0.2.1", "192.0.2.0/33"),
        ("vc.example.org", ",,"),
    ])
    func `a route to any other host leads through the proxy`(url: String, exemptions: String) throws {
        #expect(try route(url, ["HTTPS_PROXY": Self.proxy, "NO_PROXY": exemptions]).proxy != nil)
    }

    @Test(arguments: [
        ("socks5://p:1080", "HTTPS_PROXY names a proxy of kind socks5://, but only http:// proxies"),
        ("https://p:3128", "HTTPS_PROXY names a proxy of kind https://"), ("ftp://hunter2@p", "of another kind"),
        ("http://", "HTTPS_PROXY is not the URL of a proxy"), ("http://op:hunter2@", "is not the URL of a proxy"),
        ("http://p:70000", "has a port outside"), ("http://op:hunter2#@p:1", "HTTPS_PROXY is not the URL of a proxy"),
    ])
    func `a route is refused, not made direct, if the proxy cannot be used`(value: String, words: String) throws {
        let error = #expect(throws: HistoryError.self) { try route("vc", ["HTTPS_PROXY": value]) }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("hunter2") == false)
        #expect(try route("vc", ["HTTPS_PROXY": value, "NO_PROXY": "vc"]).proxy == nil)
    }
}
