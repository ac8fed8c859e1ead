import Foundation
import TestSupport
import Testing

/// `report --format html --mail`, read by Python's `email`, which nobody here wrote.
@Suite struct MailReportTests {
    private struct Message: Decodable {
        var to: String?
        var subject: String
        var defects: [String]
        var parts: [String]
        var text: String
        var html: String
    }

    @Test func `a mail program reads a text and a page from the message`() async throws {
        try await PolledVCenter.with(vms: 2) { polled in
            try polled.vCenter.renameVirtualMachine(polled.vm(0), to: "数据库 <b>\u{202E}")
            try polled.set(
                0, .failed, start: "2026-11-02T08:00:00Z", end: "2026-11-02T08:01:30Z", error: .text("No Perl"))
            try await polled.collect()
            let mail = try await polled.history(
                "report", "--since", "2026-10-01", "--format", "html", "--mail", "--to", "ops@example.org", "--to",
                "b@example.org")
            let message = try JSONDecoder().decode(
                Message.self,
                from: try await PeerProgram(name: "read_mail").run(
                    on: Data(mail.standardOutputBytes), in: polled.directory))
            #expect(message.to == "ops@example.org, b@example.org")
            #expect(message.subject == "Guest customizations: 1 failed of 1 finished, 1 VM failing")
            #expect(message.defects == [])
            #expect(message.parts == ["multipart/alternative", "text/plain", "text/html"])
            #expect(message.text.contains("1 failed of 1 finished"))
            #expect(message.text.contains("数据库"))
            #expect(message.html.contains("数据库 &lt;b&gt;") && message.html.contains("No Perl"))
        }
    }

    @Test(arguments: [
        (["--mail"], "--mail writes html: add --format html."),
        (["--to", "ops@example.org"], "--to belongs to --mail: add --format html --mail."),
        (["--format", "html", "--mail", "--to", "a@b\nBcc: c@d"], "--to"),
    ]) func `wrong uses are refused`(arguments: [String], complaint: String) async throws {
        let run = try await BuiltExecutable.history.run(["report"] + arguments, in: nil)
        #expect(run.termination == .exited(64))
        #expect(run.standardError.contains(complaint))
    }
}
