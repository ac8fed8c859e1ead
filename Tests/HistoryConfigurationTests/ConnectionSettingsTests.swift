import Glibc
import GuestCustomization
import TestSupport
import Testing

@testable import HistoryConfiguration

@Suite struct ConnectionSettingsTests {
    private let files: TemporaryDirectory

    init() throws { files = try TemporaryDirectory() }

    private func login(_ environment: [String: String]) throws -> [String] {
        guard
            case .login(let user, let password) = try ConnectionSettings(environment: environment).configuration()
                .credentials
        else { return [] }
        return [user, password.exposed]
    }

    private func refusal(of settings: ConnectionSettings) -> HistoryError? {
        #expect(throws: HistoryError.self) { try settings.configuration() }
    }

    @Test func `the variables of govc are sufficient`() throws {
        let configuration = try ConnectionSettings(environment: [
            "GOVC_URL": "vc.example.com:8443/sdk", "GOVC_USERNAME": "op@vsphere.local", "GOVC_PASSWORD": "pw",
        ]).configuration()
        #expect(configuration.name == "vc.example.com:8443")
        #expect(configuration.address.baseURL == "https://vc.example.com:8443")
        #expect(configuration.credentials == .login(user: "op@vsphere.local", password: Secret("pw")))
        #expect(configuration.trust == .system)
        #expect(configuration.endpoints == .automatic)
        #expect(configuration.concurrency == 16)
    }

    @Test func `a user name or password in a variable overrides the one in the URL`() throws {
        #expect(try login(["GOVC_URL": "a:b@vc"]) == ["a", "b"])
        #expect(try login(["GOVC_URL": "a:b@vc", "GOVC_USERNAME": "x"]) == ["x", "b"])
        #expect(try login(["GOVC_URL": "a:b@vc", "GOVC_PASSWORD": "y"]) == ["a", "y"])
        #expect(try login(["GOVC_URL": "a:b@vc", "GOVC_USERNAME": "", "GOVC_PASSWORD": ""]) == ["a", "b"])
    }

    @Test func `a variable may name a file, whose surrounding white space is ignored`() async throws {
        let user = try files.write("user", "\n op@vsphere.local \n", mode: 0o644)
        let password = try files.write("password", "two words\r\n")
        let source = try ConnectionSettings(environment: [
            "GOVC_URL": "vc", "GOVC_USERNAME": user, "GOVC_PASSWORD": password,
        ]).configuration().credentials
        #expect(
            try await source.credentials(by: .system) == .login(user: "op@vsphere.local", password: Secret("two words"))
        )
        // The file is read again for each run.
        try files.write("password", "another")
        #expect(
            try await source.credentials(by: .system) == .login(user: "op@vsphere.local", password: Secret("another")))
    }

    @Test func `a pipe is read once`() async throws {
        var ends: [CInt] = [0, 0]
        #expect(pipe(&ends) == 0)
        write(ends[1], "piped\n", 6)
        close(ends[1])
        defer { close(ends[0]) }
        #expect(
            try login(["GOVC_URL": "vc", "GOVC_USERNAME": "op", "GOVC_PASSWORD": "/dev/fd/\(ends[0])"]) == [
                "op", "piped",
            ])
    }

    @Test func `a value that names no file is used as it is, white space included`() throws {
        for password in [" two words ", "no/such/file", "~tilde", ".dot", "..dots", "sl/ash"] {
            #expect(
                try login(["GOVC_URL": "vc", "GOVC_USERNAME": "op", "GOVC_PASSWORD": password]) == ["op", password])
        }
    }

    @Test(
        arguments: ["GOVC_PASSWORD", "GOVC_USERNAME"],
        ["/no-such", "./no-such", "../no-such", "~/no-such", "/tmp", "/"])
    func `a value that looks like a path is neither sent nor repeated`(variable: String, value: String) {
        let environment = ["GOVC_URL": "vc", "GOVC_USERNAME": "op", "GOVC_PASSWORD": "pw", "HOME": "/nonexistent"]
        let refusal = refusal(of: ConnectionSettings(environment: environment.merging([variable: value]) { $1 }))
        #expect(refusal?.code == .configuration)
        #expect(refusal?.message.hasPrefix("\(variable) names a file that this user cannot read (") == true)
        #expect(refusal?.message.contains("no-such") == false && refusal?.message.contains("/tmp") == false)
    }

    @Test func `a tilde is the home directory`() async throws {
        try files.write("password", "at home")
        let source = try ConnectionSettings(environment: [
            "GOVC_URL": "op@vc", "GOVC_PASSWORD": "~/password", "HOME": files.path,
        ]).configuration().credentials
        #expect(try await source.credentials(by: .system) == .login(user: "op", password: Secret("at home")))
    }

    @Test(arguments: [(0o644, "every user"), (0o604, "every user"), (0o666, "every user")] as [(mode_t, String)])
    func `a file that everybody can read is refused, like a password file of the configuration`(
        mode: mode_t, who: String
    ) throws {
        let own = try files.write("password", "hunter2", mode: mode)
        let refusal = refusal(of: ConnectionSettings(environment: ["GOVC_URL": "op@vc", "GOVC_PASSWORD": own]))
        #expect(refusal?.code == .configuration)
        #expect(refusal?.message.contains(who) == true && refusal?.message.contains("chmod") == true)
        #expect(refusal?.message.contains("hunter2") == false)
    }

    @Test func `an empty file is not a secret`() throws {
        let empty = try files.write("empty", " \n")
        #expect(
            refusal(of: ConnectionSettings(environment: ["GOVC_URL": "op:pw@vc", "GOVC_PASSWORD": empty]))?.message
                .contains("it is empty") == true)
        #expect(
            refusal(of: ConnectionSettings(environment: ["GOVC_URL": "op:pw@vc", "GOVC_USERNAME": empty]))?.message
                .contains("is empty") == true)
    }

    @Test func `an endless file is not read as a password`() {
        let refusal = refusal(
            of: ConnectionSettings(environment: ["GOVC_URL": "op@vc", "GOVC_PASSWORD": "/dev/zero"]))
        #expect(refusal?.message.contains("GOVC_PASSWORD names a file of more than") == true)
        #expect(refusal?.code == .configuration)
    }

    @Test(arguments: [("1", true), ("true", true), ("TRUE", true), ("0", false), ("yes", false), ("", false)])
    func `GOVC_INSECURE is 1 or true`(value: String, isInsecure: Bool) throws {
        let environment = ["GOVC_URL": "a:b@vc", "GOVC_INSECURE": value]
        #expect(try ConnectionSettings(environment: environment).configuration().trust.isInsecure == isInsecure)
    }

    @Test func `flags override variables`() throws {
        var settings = ConnectionSettings(environment: ["GOVC_URL": "a:b@vc1", "GOVC_TLS_CA_CERTS": "/no/such/ca.pem"])
        settings.server = "vc2"
        settings.isInsecure = true
        settings.tokenFile = "/run/token"
        let configuration = try settings.configuration()
        #expect(configuration.address.host == "vc2")
        #expect(configuration.trust.isInsecure)
        #expect(configuration.credentials == .tokenFile(path: "/run/token"))
    }

    @Test func `a password in --server is refused and not repeated`() {
        var settings = ConnectionSettings(environment: [:])
        settings.server = "op:hunter2@vc"
        let refusal = refusal(of: settings)
        #expect(refusal?.code == .usage)
        #expect(refusal?.message.contains("GOVC_PASSWORD") == true)
        #expect(refusal?.message.contains("hunter2") == false)
    }

    @Test(arguments: [
        ([:], HistoryError.Code.usage, "give --server HOST, set GOVC_URL"),
        (["GOVC_URL": ""], .usage, "give --server HOST, set GOVC_URL"),
        (["GOVC_URL": "http://vc"], .configuration, "GOVC_URL begins with http://"),
        (["GOVC_URL": "vc"], .configuration, "set GOVC_USERNAME"),
        (["GOVC_URL": "op@vc"], .configuration, "set GOVC_PASSWORD"),
        (["GOVC_URL": "vc", "GOVC_USERNAME": "a:b", "GOVC_PASSWORD": "c"], .configuration, "contains a colon"),
        (
            ["GOVC_URL": "a:b@vc", "GOVC_TLS_CA_CERTS": "/no/ca.pem"], .configuration,
            "GOVC_TLS_CA_CERTS names /no/ca.pem"
        ),
        (["GOVC_URL": "a:b@vc", "GOVC_TLS_CA_CERTS": "/etc/passwd"], .configuration, "contains no PEM certificate"),
        (
            ["GOVC_URL": "a:b@vc", "GOVC_TLS_KNOWN_HOSTS": "/tmp"], .configuration,
            "known-hosts file /tmp: cannot be read"
        ),
    ])
    func `a missing or wrong setting is named with its variable`(
        environment: [String: String], kind: HistoryError.Code, message: String
    ) {
        let refusal = refusal(of: ConnectionSettings(environment: environment))
        #expect(refusal?.code == kind)
        #expect(refusal?.message.contains(message) == true)
        #expect(refusal?.message.contains("\n") == false)
    }
}
