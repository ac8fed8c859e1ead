import GuestCustomization
import TestSupport
import Testing

@testable import ReportRendering

@Suite struct MarkdownRendererTests {
    /// Splits a line into cells as GitHub does: at each `|` without a backslash before it.
    private func cells(_ line: Substring) -> Int {
        var count = 0
        var escaped = false
        for character in line.unicodeScalars {
            if character == "|", !escaped { count += 1 }
            escaped = character == "\\" && !escaped
        }
        return count
    }

    @Test(arguments: 1...100) func `no text escapes its cell`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let (name, error) = (hostileText(using: &random) + "|`\\", hostileText(using: &random) + "\\|<b>")
        let text = MarkdownRenderer().render(
            report([customization(.failed, end: 10, vCenter: "vc", vm: "vm-1", name: name, error: error)]))
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("|") }
        let widths = Set(rows.map(cells))
        #expect(widths == [4, 5, 9], "the summary has three columns, the errors four, the VMs eight")
        #expect(!text.contains("<"))
    }

    @Test(arguments: [
        ("@admin", "@&#8203;admin"), ("a#1", "a#&#8203;1"), ("http://x.y", "http:&#8203;//x.y"),
        ("WWW.x.y", "WWW&#8203;.x.y"), ("a_b*c*", "a\\_b\\*c\\*"), ("`x`", "&#96;x&#96;"), ("[a](b)", "\\[a\\](b)"),
        ("<b>&amp;", "&lt;b&gt;&amp;amp;"), ("a|b", "a&#124;b"), ("gh-26", "gh-&#8203;26"), ("high-1", "high-1"),
        ("web-01.example", "web-01.example"),
    ])
    func `a text that looks like markup is shown literally`(name: String, shown: String) {
        let text = MarkdownRenderer().render(report([customization(.succeeded, end: 10, vm: "vm-1", name: name)]))
        #expect(text.contains("| \(shown) (vm-1) | ok |"))
    }

    @Test func `commands are in backticks without a backslash before them`() {
        let failures = [
            customization(.failed, end: 10, vm: "vm", name: "`x`", error: "`/tmp` is mounted noexec"),
            customization(.failed, end: 20, vm: "vm", error: "custom scripts are disabled"),
        ]
        for breakdown in ReportBreakdown.allCases {
            #expect(!MarkdownRenderer(by: breakdown).render(report(failures)).contains("\\`"))
        }
        let text = MarkdownRenderer(by: .cause).render(report(failures))
        #expect(text.contains("- Look for noexec in `findmnt /tmp /run /var/run`;"))
        #expect(
            text.contains(
                "| Failed | VMs | Errors | Probable cause |\n| ---: | ---: | ---: | --- |\n| 1 | 1 | 1 | custom-scripts-disabled: "
            ))
    }

    @Test func `--by error shows the checks once for each cause`() {
        let errors = ["No Perl here", "Perl is missing", "The moon is new"]
        let failures = errors.enumerated().map { customization(.failed, end: 100 - Double($0), vm: "vm", error: $1) }
        let text = MarkdownRenderer(by: .error).render(report(failures))
        #expect(
            text.hasSuffix(
                """
                ### What to check

                **perl-missing**

                - Install perl in the template, or let cloud-init take over the customization.
                - Check that perl is on the PATH of root's non-interactive shell.
                - Logs in the guest: `/var/log/vmware-imc/toolsDeployPkg.log`

                **unknown**

                - Logs in the guest: `/var/log/vmware-imc/toolsDeployPkg.log`, `/var/log/vmware-gosc/`, \
                `C:\\Windows\\Temp\\vmware-imc\\guestcust.log`, `C:\\Windows\\System32\\Sysprep\\Panther\\setuperr.log`

                """))
    }

    @Test func `a ticket contains no thousands of rows`() {
        let many = report((1...60).map { customization(.succeeded, end: 10, vm: "vm-\($0)") })
        #expect(MarkdownRenderer().render(many).hasSuffix("\n\n… and 10 VMs without failures\n"))
    }
}
