import Foundation
import GuestCustomization
import TestSupport
import Testing

@testable import HistoryConfiguration

@Suite struct CredentialSourceTests {
    private let files: TemporaryDirectory

    init() throws { files = try TemporaryDirectory() }

    private func refusal(of source: CredentialSource) async -> String? {
        await #expect(throws: HistoryError.self) { try await source.credentials(by: .system) }?.message
    }

    @Test func `a password file is read each time, without surrounding white space`() async throws {
        let path = try files.write("password", "old\n")
        let source = CredentialSource.passwordFile(user: "op", path: path)
        #expect(try await source.credentials(by: .system) == .login(user: "op", password: Secret("old")))
        try files.write("password", "new\n")
        #expect(try await source.credentials(by: .system) == .login(user: "op", password: Secret("new")))
    }

    @Test(arguments: [
        ("eyJhbGciOi", "Bearer eyJhbGciOi"), ("Bearer eyJhbGciOi\n", "Bearer eyJhbGciOi"),
        ("SIGN token=\"H4sI\"", "SIGN token=\"H4sI\""),
    ])
    func `a token file contains a bearer token or a whole Authorization value`(text: String, header: String)
        async throws
    {
        let source = CredentialSource.tokenFile(path: try files.write("token", text))
        #expect(try await source.credentials(by: .system).authorization.exposed == header)
        #expect(try await source.credentials(by: .system).user == nil)
    }

    @Test func `a token that would break its header is refused and not repeated`() async throws {
        let path = try files.write("token", "Bearer hunter2\r\nHost: evil")
        let message = await refusal(of: .tokenFile(path: path))
        #expect(message?.contains("more than one line") == true)
        #expect(message?.contains("hunter2") == false)
    }

    @Test func `a password file that everybody can read is refused with the command that closes it`() async throws {
        let path = try files.write("password", "hunter2", mode: 0o644)
        let message = await refusal(of: .passwordFile(user: "op", path: path))
        #expect(message?.contains("every user of this machine may open it (mode 0644)") == true)
        #expect(message?.contains("chmod") == true)
        #expect(message?.contains("hunter2") == false)
    }

    @Test(arguments: [
        // mode, owner, reader, refused
        (0o600, 1000, 1000, false), (0o400, 1000, 1000, false),
        (0o640, 1000, 1000, true), (0o604, 1000, 1000, true), (0o620, 1000, 1000, true),
        // Files of root for a service in the group; systemd's LoadCredential= uses 0400 and 0440.
        (0o640, 0, 1000, false), (0o440, 0, 1000, false), (0o400, 0, 0, false), (0o440, 0, 0, false),
        (0o644, 0, 1000, true), (0o444, 0, 0, true),
    ])
    func `excessive access is judged as by ssh, and root's groups are trusted`(
        mode: UInt32, owner: UInt32, reader: UInt32, isRefused: Bool
    ) {
        #expect((SecretFile.excess(ofMode: mode, owner: owner, reader: reader) != nil) == isRefused)
    }

    @Test func `a missing, empty, binary or huge secret file is refused by name`() async throws {
        #expect(
            await refusal(of: .passwordFile(user: "op", path: "/no/such"))
                == "password file /no/such: cannot be read: No such file or directory; name a file that this user can read"
        )
        let empty = try files.write("empty", " \n")
        #expect(await refusal(of: .passwordFile(user: "op", path: empty))?.contains("it is empty") == true)
        let binary = try files.write("binary", bytes: [0x70, 0xFF, 0xFE])
        #expect(await refusal(of: .passwordFile(user: "op", path: binary))?.contains("not UTF-8") == true)
        let huge = try files.write("huge", String(repeating: "x", count: SecretFile.maximumSize + 1))
        #expect(await refusal(of: .tokenFile(path: huge))?.contains("larger than 65536 bytes") == true)
        #expect(await refusal(of: .tokenFile(path: files.path))?.contains("Is a directory") == true)
    }

    @Test(.enabled("only root can mount secrets") { geteuid() == 0 })
    func `a secret mounted by Kubernetes is accepted although everybody can read it`() async throws {
        try files.makeDirectory("..2026_11")
        try files.link("..data", to: "..2026_11")
        try files.link("password", to: "..data/password")
        try files.write("..2026_11/password", "hunter2", mode: 0o444)
        try files.setMode("", 0o3777)
        let source = CredentialSource.passwordFile(user: "op", path: files.path("password"))
        #expect(try await source.credentials(by: .system) == .login(user: "op", password: Secret("hunter2")))
    }
}
