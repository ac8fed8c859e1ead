import GuestCustomization
import Testing

@testable import HistoryConfiguration

@Suite struct SecretTests {
    /// Every way in which a careless line of code could print a value.
    static func printed(_ value: Any) -> String {
        var dumped = ""
        dump(value, to: &dumped)
        return String(describing: value) + String(reflecting: value) + "\(value)" + "\([value])" + dumped
            + Mirror(reflecting: value).children.map { "\($0)" }.joined()
    }

    @Test func `printing, dumping and reflecting a secret redacts it`() {
        let printed = Self.printed(Secret("hunter2"))
        #expect(printed.contains("<redacted>"))
        #expect(!printed.contains("hunter2"))
    }

    @Test func `no value that contains a secret shows it`() throws {
        let url = try VCenterURL("op:hunter2@vc")
        let settings = ConnectionSettings(environment: ["GOVC_URL": "op:hunter2@vc", "GOVC_PASSWORD": "hunter2"])
        let configuration = try settings.configuration()
        let credentials = Credentials.login(user: "op", password: Secret("hunter2"))
        let encoded = credentials.authorization
        for value in [url, settings, configuration, configuration.credentials, credentials, encoded] as [Any] {
            let printed = Self.printed(value)
            #expect(!printed.contains("hunter2"))
            #expect(!printed.contains(encoded.exposed.dropFirst("Basic ".count)))
        }
    }

    @Test func `the Basic header is built from UTF-8 and keeps the password's colons`() {
        // printf 'üser:pä:ss' | base64
        #expect(
            Credentials.login(user: "üser", password: Secret("pä:ss")).authorization.exposed == "Basic w7xzZXI6cMOkOnNz"
        )
    }
}
