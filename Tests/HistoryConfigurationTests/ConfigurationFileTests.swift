import Foundation
import GuestCustomization
import TestSupport
import Testing

@testable import HistoryConfiguration

@Suite struct ConfigurationFileTests {
    private let files: TemporaryDirectory

    init() throws {
        files = try TemporaryDirectory()
    }

    private func parse(_ yaml: String) throws -> [VCenterConfiguration] {
        try ConfigurationFile(bytes: Array(yaml.utf8), path: "/etc/c.yaml").vCenters
    }

    private func refusal(of yaml: String) -> String? {
        #expect(throws: HistoryError.self) { try parse(yaml) }?.message
    }

    /// A self-signed certificate in PEM; nobody has its key.
    private static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBdTCCARugAwIBAgIUcTsLnl2qD+zNFm5iMiR5OLjc/YowCgYIKoZIzj0EAwIw
        DzENMAsGA1UEAwwEVk1DQTAgFw0yNjExMjcyMTI3MTJaGA8yMTI2MTEwMzIxMjcx
        MlowDzENMAsGA1UEAwwEVk1DQTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIqx
        kSCbrVcOdU3j8E9u/vuV07bzrodx6281iVcwINtcslRUSF83Ik8dYiuhBKy/aYwx
        QTz3bldBUFfbpg5VYvWjUzBRMB0GA1UdDgQWBBTuxnzNOpVVEzDbrH34MyLass9G
        JjAfBgNVHSMEGDAWgBTuxnzNOpVVEzDbrH34MyLass9GJjAPBgNVHRMBAf8EBTAD
        AQH/MAoGCCqGSM49BAMCA0gAMEUCIQD9H5BE5BemcjOTaf6aGyol0euZR3SifqnI
        IoU/NSzolgIgebWCW4VGqXEnO9Vp3gmlhRKk6J3wOeQubzG9kvCjExc=
        -----END CERTIFICATE-----
        """

    /// The sample with the files that it names.
    private func sample() throws -> ConfigurationFile {
        try files.write("vmca.pem", Self.authority)
        try files.write("vcenter.password", "hunter2\n")
        try files.write("federated.token", "hunter3\n")
        // The password store of the sample is not on every machine.
        let text = try Repository.read("packaging/config.yaml")
            .replacing("[pass, show, vcenter/lab]", with: "[printf, secret-of-the-lab]")
        return try ConfigurationFile(path: files.write("config.yaml", text, mode: 0o644))
    }

    @Test func `the sample has the documented meaning`() async throws {
        let vCenters = try sample().vCenters
        #expect(vCenters.map(\.name) == ["vc1.example.com", "lab", "federated"])
        #expect(
            vCenters.map(\.address.baseURL) == [
                "https://vc1.example.com", "https://vc-lab.example.com:8443", "https://vc-fed.example.com",
            ])
        #expect(
            vCenters.map(\.endpoints) == [
                .automatic, .both, .automatic,
            ])
        #expect(vCenters.map(\.concurrency) == [16, 4, 16])
        #expect(vCenters[2].timeouts == Timeouts(connect: .seconds(10), request: .seconds(30), run: .seconds(1800)))
        #expect(vCenters[0].filter == VirtualMachineFilter())
        #expect(
            vCenters[1].filter
                == VirtualMachineFilter(
                    names: ["web-*", "*-prod"], folders: ["Production", "group-v12"], clusters: ["Compute"],
                    hosts: ["host-9"], datacenters: ["Berlin"], powerStates: [.on]))
        var credentials: [Credentials] = []
        for vCenter in vCenters { credentials.append(try await vCenter.credentials.credentials(by: .system)) }
        #expect(
            credentials == [
                .login(user: "history@vsphere.local", password: Secret("hunter2")),
                .login(user: "history@lab.local", password: Secret("secret-of-the-lab")),
                .authorization(Secret("Bearer hunter3")),
            ])
    }

    @Test func `the summary shows what would be polled, without secrets`() throws {
        let vCenters = try sample().vCenters
        #expect(
            vCenters[1].summary == """
                lab
                  address      https://vc-lab.example.com:8443
                  login        history@lab.local, password from the command printf
                  trust        the authorities in \(files.path)/vmca.pem, or the thumbprint \
                E3:B0:C4:42:98:FC:1C:14:9A:FB:F4:C8:99:6F:B9:24:27:AE:41:E4:64:9B:93:4C:A4:95:99:1B:78:52:B8:55
                  proxy        none
                  endpoints    both: whichever of customization-live and customization the vCenter has
                  VMs          names web-*, *-prod; folders Production, group-v12; clusters Compute; hosts host-9; \
                datacenters Berlin; power states POWERED_ON
                  concurrency  4
                  time limits  connect 10s, request 30s, run 30m

                """)
        #expect(vCenters[0].summary.contains("password from \(files.path)/vcenter.password"))
        #expect(vCenters[2].summary.contains("token from \(files.path)/federated.token"))
        #expect(vCenters[2].summary.contains("or known hosts in \(files.path)/known_hosts"))
        for secret in ["hunter2", "hunter3", "secret-of-the-lab"] {
            #expect(!vCenters.map(\.summary).joined().contains(secret))
        }
    }

    @Test func `bulk is off unless the vCenter or the defaults say otherwise, and the summary says so`() throws {
        let vCenters = try parse(
            """
            defaults: {token_file: /t, bulk: true}
            vcenters:
              - {url: a}
              - {url: b, bulk: false}
            """)
        #expect(vCenters.map(\.bulk) == [.always, .never])
        #expect(vCenters.map { $0.summary.contains("bulk         true: ") } == [true, false])
        #expect(try parse("vcenters: [{url: c, token_file: /t}]").map(\.bulk) == [.never])
    }

    @Test func `a vCenter's own settings override the defaults, its credentials and filters as a whole`() throws {
        let vCenters = try parse(
            """
            defaults:
              username: shared
              token_file: /run/token
              insecure: true
              filters: {folders: [A]}
              timeouts: {connect: 1s, request: 500ms}
            vcenters:
            - url: a
            - url: own@b
              password_file: p
              known_hosts: /absent
              filters: {names: web-1}
              timeouts: {request: 2m}
            - {url: c, username: "12", password_file: /p, insecure: false}
            """)
        #expect(
            vCenters.map(\.credentials) == [
                .tokenFile(path: "/run/token"), .passwordFile(user: "shared", path: "/etc/p"),
                .passwordFile(user: "12", path: "/p"),
            ])
        #expect(vCenters.map(\.trust.isInsecure) == [true, false, false])
        #expect(
            vCenters.map(\.filter) == [
                VirtualMachineFilter(folders: ["A"]), VirtualMachineFilter(names: ["web-1"]),
                VirtualMachineFilter(folders: ["A"]),
            ])
        #expect(vCenters[1].timeouts == Timeouts(connect: .seconds(1), request: .seconds(120)))
    }

    @Test(arguments: [
        // The text after `vcenters:\n- url: vc\n  token_file: /t\n` and the refusal.
        ("  pasword_file: x", #"/etc/c.yaml:4: unknown key "pasword_file"; did you mean password_file?"#),
        ("  tiemouts: x", #"/etc/c.yaml:4: unknown key "tiemouts"; did you mean timeouts?"#),
        (
            "  password: hunter2",
            "/etc/c.yaml:4: this file must not contain a password; name a password_file or a password_command"
        ),
        ("  zzzzzzzzz: 1", #"/etc/c.yaml:4: unknown key "zzzzzzzzz"; the known ones are name, url, "#),
        ("  <<: {}", #"/etc/c.yaml:4: unknown key "<<""#),
        ("  [a]: b", #"/etc/c.yaml:4: unknown key "(not a word)""#),
        ("  concurrency: many", "/etc/c.yaml:4: concurrency must be a whole number from 1 to 256"),
        ("  concurrency: 0", "/etc/c.yaml:4: concurrency must be a whole number from 1 to 256"),
        ("  concurrency: 99999999999999999999", "/etc/c.yaml:4: concurrency must be a whole number from 1 to 256"),
        ("  concurrency: [16]", "/etc/c.yaml:4: concurrency must be a whole number from 1 to 256"),
        ("  insecure: maybe", "/etc/c.yaml:4: insecure must be true or false"),
        ("  bulk: yes please", "/etc/c.yaml:4: bulk must be true or false"),
        (
            "  endpoints: costumization",
            #"/etc/c.yaml:4: unknown endpoint "costumization"; did you mean customization?"#
        ),
        (
            "  endpoints:\n  - customization\n  - live",
            #"/etc/c.yaml:6: unknown endpoint "live"; the known ones are customization-live, customization, both, auto"#
        ),
        (
            "  endpoints: [customization, auto]",
            "/etc/c.yaml:4: auto cannot be combined with others; write endpoints: auto"
        ),
        ("  endpoints: [both, auto]", "/etc/c.yaml:4: both cannot be combined with others; write endpoints: both"),
        ("  endpoints: []", "/etc/c.yaml:4: endpoints is an empty list"),
        ("  endpoints: {a: b}", "/etc/c.yaml:4: endpoints must be one text or a list of texts"),
        ("  endpoints: [[both]]", "/etc/c.yaml:4: endpoints must be a list of texts"),
        ("  name:", "/etc/c.yaml:4: name is empty"),
        ("  name: ''", "/etc/c.yaml:4: name is empty"),
        (#"  name: "a\e[2J""#, "/etc/c.yaml:4: name contains a control character"),
        ("  name: [a]", "/etc/c.yaml:4: name must be one text"),
        ("  timeouts: 30s", "/etc/c.yaml:4: timeouts must be a mapping"),
        (
            "  timeouts: {connect: 30}",
            "/etc/c.yaml:4: connect must be greater than zero: a whole number and ms, s, m, h or d"
        ),
        ("  timeouts: {request: 0s}", "/etc/c.yaml:4: request must be greater than zero"),
        ("  timeouts: {conect: 30s}", #"/etc/c.yaml:4: unknown key "conect"; did you mean connect?"#),
        (
            "  filters:\n    names: web\n    power_states: powerd_on",
            #"/etc/c.yaml:6: unknown power state "powerd_on"; did you mean powered_on?"#
        ),
        ("  thumbprint: AB:CD", "/etc/c.yaml:4: thumbprint must be 32 (SHA-256) or 20 (SHA-1) hex pairs"),
        (
            "  insecure: true\n  known_hosts: x",
            "/etc/c.yaml:4: insecure: true leaves known_hosts without effect; keep one"
        ),
        (
            "  ca_certificates: absent.pem",
            "/etc/c.yaml:4: ca_certificates names /etc/absent.pem: cannot be read: No such file or directory"
        ),
        ("  password_file: x", "/etc/c.yaml:2: password_file and token_file are both set; keep one"),
        ("  name: a\n  name: b", "/etc/c.yaml:4: the key name appears twice; remove one"),
        ("- url: b", "/etc/c.yaml:4: no credentials for this vCenter"),
        ("- url: b\n  password_file: x", "/etc/c.yaml:4: a password_file but no user name; add username"),
        ("- url: b\n  username: 'a:b'\n  password_file: x", "/etc/c.yaml:5: the user name contains a colon"),
        (
            "- url: a@b\n  password_command: pass show x",
            "/etc/c.yaml:5: password_command runs without a shell; write a list"
        ),
        ("- url: op:hunter2@b", "/etc/c.yaml:4: url contains a password; remove it"),
        ("- url: http://b", "/etc/c.yaml:4: url begins with http://"),
        ("- name: b", "/etc/c.yaml:4: a vCenter without a url"),
        ("- b", "/etc/c.yaml:4: an item of vcenters must be a mapping"),
        (
            "- url: VC:8443\n  name: vc\n  token_file: x",
            #"/etc/c.yaml:4: the vCenter on line 2 is also called "vc"; give one of them another name"#
        ),
        (
            "- url: VC.\n  name: b\n  token_file: x",
            "/etc/c.yaml:4: the vCenter on line 2 is also at vc:443; keep one of them"
        ),
        (
            "- url: https://vc:443/sdk\n  name: b\n  token_file: x",
            "/etc/c.yaml:4: the vCenter on line 2 is also at vc:443"
        ),
        ("defaults:\n  url: x", #"/etc/c.yaml:5: unknown key "url"; the known ones are username, "#),
        ("vcenter: []", #"/etc/c.yaml:4: unknown key "vcenter"; did you mean vcenters?"#),
        ("---\nvcenters: []", "/etc/c.yaml:4: it is not YAML: expected a single document in the stream"),
        ("  filters:\n    names: [*-prod]", "put a name that begins with * in quotes"),
        ("  filters:\n    names: [*prod]", "put a name that begins with * in quotes"),
        ("  filters: {", "it is not YAML"),
        (#"  username: "CORP\user""#, "/etc/c.yaml:4: it is not YAML: "),
        (
            #"  username: "CORP\user""#,
            "; a backslash in double quotes starts an escape: drop the quotes, or use single quotes"
        ),
        (#"  username: "CORP\sam""#, "drop the quotes, or use single quotes"),
        (#"  username: "CORP\xavier""#, "drop the quotes, or use single quotes"),
        (#"  username: "CORP\Ursula""#, "drop the quotes, or use single quotes"),
        (
            #"- {url: b, password_file: x, username: "CORP\admin"}"#,
            "username contains a control character; a backslash in double quotes"
        ),
        (
            #"- {url: b, password_file: x, username: "CORP\tom"}"#,
            "username contains a control character; a backslash in double quotes"
        ),
        (#"- {url: b, password_file: x, username: "CORP\_svc"}"#, "drop the quotes, or use single quotes"),
        ("\tname: x", "/etc/c.yaml:4: it is not YAML"),
        ("  name: \u{7}", "it is not YAML: control characters are not allowed"),
    ])
    func `a mistake is refused with its line and a suggestion`(behind: String, expected: String) {
        let message = refusal(of: "vcenters:\n- url: vc\n  token_file: /t\n" + behind) ?? ""
        #expect(message.contains(expected))
        #expect(!message.contains("\n"))
        #expect(!message.contains("hunter2"))
    }

    @Test(arguments: [
        ("", "it is empty; begin with vcenters:"), ("# nothing\n", "it is empty"), ("~", "it is empty"),
        ("[]", ":1: the file must be a mapping"), ("vcenters:\n", "vcenters must be a list"),
        ("vcenters: []", ":1: no vCenter is named"), ("vcenters: {}", "vcenters must be a list"),
        ("defaults: {}", ":1: no vCenter is named"),
    ])
    func `a file without a vCenter is refused`(yaml: String, expected: String) {
        #expect(refusal(of: yaml)?.contains(expected) == true)
    }

    @Test func `a byte order mark is skipped, and text other than UTF-8 is refused`() throws {
        #expect(try parse("\u{FEFF}vcenters: [{url: vc, token_file: /t}]").map(\.name) == ["vc"])
        let error = #expect(throws: HistoryError.self) { try ConfigurationFile(bytes: [0xFF, 0x61], path: "c") }
        #expect(error?.message == "c: it is not UTF-8; save it as UTF-8")
    }

    @Test func `aliases save repetition, but not without limit`() throws {
        let shared =
            "vcenters:\n- &a {url: a, name: x, token_file: /t, filters: &f {names: [w]}}\n- {url: b, token_file: /t, filters: *f}"
        #expect(try parse(shared).map(\.filter.names) == [["w"], ["w"]])
        var bomb = "a0: &a0 [x, x]\n"
        for level in 1...40 { bomb += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        #expect(refusal(of: bomb + "? *a40\n: x\n")?.contains("more than 32 aliases") == true)
    }

    /// The parser compares keys with everything in them, each time that they occur.
    @Test(arguments: [
        "? *f\n: x", "*f : x", "{*f : x}", "[*f]: x", "{a: *f}: x", "{[*f]: x}", "- ? [*f]\n  : x", "{? *f : x}",
        "[a, ? *f]",
    ])
    func `an alias in a key is refused`(yaml: String) {
        let message = refusal(of: "vcenters: [{url: vc, token_file: /t, filters: &f {names: [w]}}]\n\(yaml)\n")
        #expect(message?.contains("a key contains or may contain an alias (*NAME)") == true, "\(message ?? "")")
    }

    @Test(arguments: ["\r", "\u{85}", "\u{2028}", "\u{2029}", "\r#\r"])
    func `aliases are counted in lines as the parser counts them`(lineBreak: String) {
        let aliases = String(repeating: "\(lineBreak)*f,", count: 40)
        let message = refusal(of: "# \(lineBreak)a: &f x\nb: [\(aliases)]")
        #expect(message?.contains("more than 32 aliases") == true, "\(message ?? "")")
    }

    @Test func `deep nesting is refused and does not crash`() {
        #expect(refusal(of: "vcenters: " + String(repeating: "[", count: 100_000))?.contains("it is not YAML") == true)
    }

    @Test func `a huge file, a file that others can write and a missing file are refused by name`() throws {
        let good = "vcenters: [{url: vc, token_file: /t}]"
        func refusal(of path: String) -> String? {
            #expect(throws: HistoryError.self) { try ConfigurationFile(path: path) }?.message
        }
        let huge = try files.write("huge", good + "\n#" + String(repeating: "x", count: YAMLDocument.maximumSize))
        #expect(refusal(of: huge)?.contains("it is larger than 1048576 bytes") == true)
        let shared = try files.write("shared", good, mode: 0o664)
        #expect(
            refusal(of: shared)?.contains("its group may write to it (mode 0664); run: chmod go-w") == true)
        #expect(
            refusal(of: "/no/such.yaml")?.contains("configuration file /no/such.yaml: cannot be read: No such file")
                == true)
    }

    @Test(.enabled("only root can give a file away") { geteuid() == 0 })
    func `a file of another user and a file that names one are refused`() throws {
        let good = try files.write("good.yaml", "vcenters: [{url: vc, token_file: /t, known_hosts: hosts}]")
        let hosts = try files.write("hosts", "", mode: 0o644)
        #expect(throws: Never.self) { try ConfigurationFile(path: good) }
        #expect(chown(hosts, 54321, 54321) == 0)
        #expect(
            #expect(throws: HistoryError.self) { try ConfigurationFile(path: good) }?.message.contains(
                "known-hosts file \(hosts): it belongs to 54321") == true)
        #expect(chown(good, 54321, 54321) == 0)
        let error = #expect(throws: HistoryError.self) { try ConfigurationFile(path: good) }
        #expect(error?.code == .configuration)
        #expect(
            error?.message.contains("configuration file \(good): it belongs to 54321, who could write anything to it")
                == true)
    }

    @Test func `the file is searched for in the user's configuration folder, then in /etc`() {
        let etc = "/etc/customization-history/config.yaml"
        func path(_ environment: [String: String]) -> [String] {
            ConfigurationFile.searchPath(environment: environment)
        }
        #expect(path(["XDG_CONFIG_HOME": "/x", "HOME": "/h"]) == ["/x/customization-history/config.yaml", etc])
        #expect(path(["HOME": "/h"]) == ["/h/.config/customization-history/config.yaml", etc])
        #expect(
            path(["XDG_CONFIG_HOME": "relative", "HOME": "/h"]) == [
                "/h/.config/customization-history/config.yaml", etc,
            ])
        #expect(path([:]) == [etc])
    }

    @Test func `--config overrides everything, and GOVC_URL overrides a file that was not named`() throws {
        try files.makeDirectory("customization-history")
        try files.write("customization-history/config.yaml", "vcenters: [{url: found, token_file: /t}]")
        let named = try files.write("named.yaml", "vcenters: [{url: named, token_file: /t}]")
        let environment = ["XDG_CONFIG_HOME": files.path]
        func names(_ configurationFile: String?, _ govc: [String: String]) throws -> [String] {
            let environment = environment.merging(govc) { $1 }
            let settings = ConnectionSettings(environment: environment)
            return try CollectionConfiguration(
                configurationFile: configurationFile, settings: settings, environment: environment
            ).vCenters.map(\.name)
        }
        #expect(try names(named, ["GOVC_URL": "a:b@govc"]) == ["named"])
        #expect(try names(nil, ["GOVC_URL": "a:b@govc"]) == ["govc"])
        #expect(try names(nil, [:]) == ["found"])

    }

    @Test func `a flag for one vCenter is refused beside a file of many, and a variable is not`() throws {
        let named = try files.write("named.yaml", "vcenters: [{url: named, token_file: /t}]")
        func all(_ change: (inout ConnectionSettings) -> Void) throws -> [VCenterConfiguration] {
            var settings = ConnectionSettings(environment: ["GOVC_INSECURE": "1", "GOVC_TLS_CA_CERTS": "/absent"])
            change(&settings)
            return try CollectionConfiguration(configurationFile: named, settings: settings, environment: [:]).vCenters
        }
        #expect(try all { _ in }.map(\.trust) == [.system])
        let changes: [(String, (inout ConnectionSettings) -> Void)] = [
            ("--server", { $0.server = "vc" }), ("--token-file", { $0.tokenFile = "/t" }),
            ("--ca-certificates", { $0.authorityFiles = "/ca" }), ("--known-hosts", { $0.knownHostsFiles = "/k" }),
        ]
        for (flag, change) in changes {
            let error = #expect(throws: HistoryError.self) { try all(change) }
            #expect(error?.code == .usage)
            #expect(error?.message.hasPrefix("\(flag) cannot be combined with the configuration file \(named)") == true)
        }
        var insecure = ConnectionSettings(environment: [:])
        insecure.isInsecure = true
        #expect(insecure.flags == ["--insecure"])
    }
}
