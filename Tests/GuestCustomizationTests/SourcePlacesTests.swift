import GuestCustomization
import Testing

@Suite struct SourcePlacesTests {
    @Test(arguments: [
        (
            "sslError([Error: 268435581 error:1000007d:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED at /build/a/CNIOBoringSSL/ssl/handshake.cc:298])",
            "sslError([Error: 268435581 error:1000007d:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED])"
        ),
        ("at /home/me/x.cc:1, at /home/me/y.c:22]", ",]"),
        ("fault in /home/me/Sources/A/B.swift:12:34 here", "fault here"), ("B.swift:12: Fatal error", ": Fatal error"),
        ("cannot read /var/lib/history.db: no such file", "cannot read /var/lib/history.db: no such file"),
        ("the host web.c is down", "the host web.c is down"), ("", ""), ("a  b", "a  b"),
    ])
    func `places in the source code are removed from an error`(error: String, shown: String) {
        #expect(error.withoutSourcePlaces == shown)
    }
}
