import GuestCustomization
import Glibc
import TestSupport
import Testing

@testable import HistoryConfiguration

@Suite struct WebhookURLTests {
    private func url(_ text: String, mode: mode_t = 0o600, plain: Bool = false) throws -> WebhookURL {
        let directory = try TemporaryDirectory()
        return try WebhookURL(file: directory.write("webhook", text, mode: mode), allowsPlainHTTP: plain)
    }

    @Test func `a URL is read from a file, and shows only its host`() throws {
        let url = try url(" https://Hooks.example.org/services/s3cret?a=b%20c\n")
        #expect(url.baseURL == "https://hooks.example.org")
        #expect(url.target.exposed == "/services/s3cret?a=b%20c")
        #expect(url.authorization == nil)
        #expect("\(url)" == "hooks.example.org:443")
        var dumped = ""
        dump(url, to: &dumped)
        #expect(!dumped.contains("s3cret"))
    }

    @Test func `a byte order mark is no part of it, and a password needs no user name`() throws {
        #expect(try url("\u{FEFF}https://a.example.org/s3cret\r\n").target.exposed == "/s3cret")
        #expect(try url("https://:s3cret@a.example.org/x").authorization?.exposed == "Basic OnMzY3JldA==")
        #expect(throws: HistoryError.self) { try url("http://:s3cret@am.example.org:9093", plain: true) }
    }

    @Test func `a device is not to be closed to others`() {
        let error = #expect(throws: HistoryError.self) { try WebhookURL(file: "/dev/null") }
        #expect(error?.message.contains("chmod") == false)
    }

    @Test func `Alertmanager's path is added if it is missing`() throws {
        #expect(try url("http://localhost:9093").alertmanagerTarget.exposed == "/api/v2/alerts")
        #expect(try url("http://127.0.0.1:9093/am/").alertmanagerTarget.exposed == "/am/api/v2/alerts")
        #expect(try url("https://am.example.org/api/v2/alerts").alertmanagerTarget.exposed == "/api/v2/alerts")
        #expect(try url("http://[::1]:9093").baseURL == "http://[::1]:9093")
    }

    @Test(arguments: [
        "", "hooks.example.org/s3cret", "ftp://hooks.example.org/s3cret", "http://hooks.example.org/s3cret",
        "https://", "https:///s3cret", "https://hooks.example.org:99999/s3cret",
        "https://a.org/s3cret\nhttps://b.org/s3cret",
    ])
    func `anything else is refused without quoting it`(text: String) throws {
        let error = #expect(throws: HistoryError.self) { try url(text) }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains("s3cret") == false)
    }

    @Test func `plain HTTP to other machines is only for a URL that is no secret`() throws {
        #expect(try url("http://am.example.org:9093", plain: true).baseURL == "http://am.example.org:9093")
        #expect(throws: HistoryError.self) { try url("http://me:s3cret@am.example.org:9093", plain: true) }
    }

    @Test func `a file that others can read is refused`() throws {
        let error = #expect(throws: HistoryError.self) { try url("https://a.example.org/s3cret", mode: 0o644) }
        #expect(error?.message.contains("chmod go=") == true || error?.message.contains("chmod o=") == true)
    }
}
