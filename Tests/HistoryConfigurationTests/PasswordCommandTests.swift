import Foundation
import GuestCustomization
import TestSupport
import Testing

@testable import HistoryConfiguration

@Suite struct PasswordCommandTests {
    private let files: TemporaryDirectory

    init() throws { files = try TemporaryDirectory() }

    private func refusal(
        of command: [String], within limit: Duration = .seconds(30), by clock: SteadyClock = .system
    ) async -> String? {
        await #expect(throws: HistoryError.self) {
            try await PasswordCommand.password(command, within: limit, by: clock)
        }?.message
    }

    @Test func `the password is the program's output without the newline`() async throws {
        #expect(try await PasswordCommand.password(["printf", "%s\\n", "pä ss"], by: .system) == Secret("pä ss"))
        #expect(
            try await PasswordCommand.password(["/bin/echo", "$HOME; *"], by: .system) == Secret("$HOME; *"),
            "no shell reads it")
    }

    @Test func `a failure is reported without the program's output`() async {
        let shell = ["sh", "-c"]
        let cases = [
            (shell + ["echo hunter2; exit 3"], "password command sh: it exited with 3;"),
            (shell + ["echo hunter2; kill -9 $$"], "it was killed by signal 9;"),
            (["true"], "it printed nothing;"),
            (["no-such-program-anywhere"], "the program does not exist;"),
            (["/no/such/program"], "password command /no/such/program: "),
            (["printf", "\\377"], "its output is not UTF-8;"),
            (["yes", "hunter2"], "it printed more than 65536 bytes;"),
        ]
        for (command, expected) in cases {
            let message = await refusal(of: command)
            #expect(message?.contains(expected) == true, "\(command)")
            #expect(message?.contains("hunter2") == false)
            #expect(message?.contains("\n") == false)
        }
    }

    @Test(.enabled("only root can give a file away") { geteuid() == 0 })
    func `a program that another user could change is not run`() async throws {
        let program = try files.write("secret", "#!/bin/sh\necho hunter2\n", mode: 0o755)
        #expect(try await PasswordCommand.password([program], by: .system) == Secret("hunter2"))
        #expect(chown(program, 54321, 54321) == 0)
        #expect(
            await refusal(of: [program])?.contains(
                "it belongs to 54321, who could write anything to it; run: chown root '") == true)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a command that exceeds its time limit is killed with its children`() async throws {
        let pid = files.path("pid")
        // Its time limit expires once it runs.
        let clock = ManualClock(.skipped) { _ in
            while !FileManager.default.fileExists(atPath: pid), !Task.isCancelled { await Task.yield() }
        }
        let message = await refusal(
            of: [
                "sh", "-c", "echo $$ > \"$0-new\"; sleep 600 & mv \"$0-new\" \"$0\"; sleep 600", pid,
            ], within: .seconds(1), by: clock.steady)
        #expect(message?.contains("it did not finish within 1 s") == true)
        let group = try files.read("pid").trimming(while: \.isWhitespace)
        // The group has the number of the session's leader; signal 0 tests whether it still has a process.
        let groupID = try #require(pid_t(group))
        try await waitUntil("the group has no process") { kill(-groupID, 0) != 0 && errno == ESRCH }
    }

    @Test func `a command does not read our standard input`() async throws {
        // On a terminal, `cat` would wait forever.
        #expect(await refusal(of: ["cat"])?.contains("it printed nothing") == true)
    }
}
