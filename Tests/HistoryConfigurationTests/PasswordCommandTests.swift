import Foundation
import GuestCustomization
import TestSupport
import Testing

@testable import HistoryConfiguration

@Suite struct PasswordCommandTests {
    private func refusal(
        of command: [String], within limit: Duration = .seconds(30), by clock: SteadyClock = .system
    ) async -> String? {
        await #expect(throws: HistoryError.self) {
            try await PasswordCommand.password(command, within: limit, by: clock)
        }?.message
    }

    @Test func `a program's output is the password, without the line's end`() async throws {
        #expect(try await PasswordCommand.password(["printf", "%s\\n", "pä ss"], by: .system) == Secret("pä ss"))
        #expect(
            try await PasswordCommand.password(["/bin/echo", "$HOME; *"], by: .system) == Secret("$HOME; *"),
            "no shell reads it")
    }

    @Test func `what goes wrong is said without what was printed`() async {
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
        let files = try TemporaryFiles()
        let program = try files.write("secret", "#!/bin/sh\necho hunter2\n", mode: 0o755)
        #expect(try await PasswordCommand.password([program], by: .system) == Secret("hunter2"))
        #expect(chown(program, 54321, 54321) == 0)
        #expect(
            await refusal(of: [program])?.contains(
                "it belongs to 54321, who could write anything to it; run: chown root '") == true)
    }

    @Test func `a command that does not end is ended, with all that it started`() async throws {
        let files = try TemporaryFiles()
        let pid = files.folder + "/pid"
        // Its time is over once it runs.
        let clock = ManualClock(.skipped) { _ in
            while !FileManager.default.fileExists(atPath: pid) { await Task.yield() }
        }
        let message = await refusal(
            of: [
                "sh", "-c", "echo $$ > \(pid)-new; sleep 600 & mv \(pid)-new \(pid); sleep 600",
            ], within: .seconds(1), by: clock.steady)
        #expect(message?.contains("it did not finish within 1 s") == true)
        let group = try String(contentsOfFile: pid, encoding: .utf8).trimming(while: \.isWhitespace)
        // The session's leader gave its number to the group; signal 0 asks whether anybody is left in it.
        let groupID = try #require(pid_t(group))
        var isGone = false
        for _ in 0..<100 where !isGone {
            isGone = kill(-groupID, 0) != 0 && errno == ESRCH
            if !isGone { try await Task.sleep(for: .milliseconds(50)) }
        }
        #expect(isGone)
    }

    @Test func `a command takes no part in our standard input`() async throws {
        // `cat` would wait for ever for a terminal.
        #expect(await refusal(of: ["cat"])?.contains("it printed nothing") == true)
    }
}
