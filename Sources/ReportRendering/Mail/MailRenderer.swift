import Crypto
import Foundation
import GuestCustomization

/// A report as a mail message for `sendmail -t`: the table as text, and an HTML page for mail programs.
///
/// There is no `From`, `Date` or `Message-ID`: sendmail knows the sender's address, and adds what is missing (RFC 5321 §6.4).
package struct MailRenderer: Sendable {
    /// The addresses in `To`; without one, the header is left out.
    package var recipients: [MailAddress]
    /// Maximum number of VMs and of errors; `nil`: so many that Gmail does not clip the message, as it does above 102 KB.
    package var limit: Int?

    private static let defaultLimit = 25

    package init(to recipients: [MailAddress] = [], limit: Int? = nil) {
        self.recipients = recipients
        self.limit = limit
    }

    /// The whole message, ending with a line break. Lines end with a line feed, as sendmail expects, and have at most 998 bytes.
    package func render(_ report: Report) -> String {
        let limit = limit ?? Self.defaultLimit
        let table = TableRenderer(width: 76, limit: limit).render(report)
        let page = Self.base64(MailPage(report, limit: limit).html)
        let boundary = "=_" + Self.digest(of: table + page)
        let headers =
            (recipients.isEmpty ? [] : ["To: " + recipients.map(\.text).joined(separator: ",\n ")]) + [
                "Subject: \(Self.subject(of: report))",
                "MIME-Version: 1.0",
                "Auto-Submitted: auto-generated",
                "Content-Type: multipart/alternative; boundary=\"\(boundary)\"",
            ]
        return """
            \(headers.joined(separator: "\n"))

            --\(boundary)
            Content-Type: text/plain; charset=utf-8
            \(Self.encoded(table))
            --\(boundary)
            Content-Type: text/html; charset=utf-8
            Content-Transfer-Encoding: base64

            \(page)
            --\(boundary)--

            """
    }

    /// A subject in ASCII, without any text from outside.
    private static func subject(of report: Report) -> String {
        let failing = report.virtualMachines.count { $0.condition == .failing }
        let stuck = report.summary.stuck
        let parts = [
            report.coverage.lastGoodPollAt == nil && report.summary.customizations == 0
                ? "no data" : ReportWords.failures(of: report.summary),
            failing > 0 ? "\(FigureText.counted(failing, "VM")) failing" : "",
            stuck > 0 ? "\(stuck) stuck" : "",
        ]
        return "Guest customizations: " + parts.filter { !$0.isEmpty }.joined(separator: ", ")
    }

    /// The header and body of the text part: as it is, to be readable in any program, unless a line is too long for mail.
    private static func encoded(_ text: String) -> String {
        let isShort = text.utf8.split(separator: UInt8(ascii: "\n")).allSatisfy { $0.count <= 998 }
        return isShort
            ? "Content-Transfer-Encoding: 8bit\n\n\(text)"
            : "Content-Transfer-Encoding: base64\n\n\(base64(text))"
    }

    private static func base64(_ text: String) -> String {
        Data(text.utf8).base64EncodedString(options: [.lineLength76Characters, .endLineWithLineFeed])
    }

    private static func digest(of text: String) -> String {
        SHA256.hash(data: Data(text.utf8)).prefix(16).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
            .joined()
    }
}
