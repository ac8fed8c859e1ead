import Foundation
import GuestCustomization
import TestSupport
import Testing

@testable import ReportRendering

@Suite struct TableRendererTests {
    private func lines(_ report: Report, width: Int = 100, limit: Int? = nil) -> [Substring] {
        TableRenderer(width: width, limit: limit).render(report).split(separator: "\n")
    }

    @Test func `an eventful week fits 100 columns`() {
        #expect(
            TableRenderer().render(eventfulWeek) == """
                Guest customizations, 2026-11-16 09:00 to 2026-11-23 09:00 CET (7d)

                  failure rate      42.9%  3 failed of 7 finished; true rate likely 15.8% to 75.0%
                  customizations       10  4 succeeded, 3 failed, 1 running, 1 pending, 1 lost; 1 stuck (over 1h)
                  virtual machines      7  2 failing, 1 stuck, 1 recovered, 1 unclear, 1 under way, 1 ok
                  duration            40s  median; p95 2m36s, longest 3m12s
                  collection runs     168  164 complete, 2 partial, 1 failed, 1 interrupted
                                           last good poll 2026-11-23 08:46; at most 2h02m without a good poll

                ! Collection runs: 1 failed, 1 interrupted. What they did not poll may be missing here.
                ! No data on 2 VMs: no poll of them was good in this window.
                ! Clock fault: 1 customization ended before it began, by the vCenter's clock, and has no duration
                  here.

                  FAILED    VMS  ERROR
                       1      1  Customization script exited with 32256: /tmp is mounted noexec
                       1      1  vCenter gave no error message
                       1      1  NicSettingMismatch: 2 adapters in the specification, 1 in the guest
                                 --by error shows probable causes and what to check

                  VM           COUNT  FAILED    RATE    P50    P95  LATEST ERROR
                ✗ batch-10         1       1  100.0%      –      –  2026-11-19 20:20
                  └ vCenter gave no error message
                ✗ db-01            2       1   50.0%  1m59s  3m05s  2026-11-23 04:53
                  └ Customization script exited with 32256: /tmp is mounted noexec
                ! batch-07         1       0       –      –      –  stuck since 2026-11-22 07:46
                ~ 数据库-北京      2       1   50.0%  22.5s    32s  2026-11-17 10:00, ok after 37m
                  └ NicSettingMismatch: 2 adapters in the specification, 1 in the guest
                ? batch-09         1       0       –      –      –  1 lost
                · batch-08         1       0       –      –      –  1 pending
                ✓ web-01           2       0    0.0%    40s  41.1s

                """)
    }

    @Test func `an empty history makes a short report that says so`() {
        #expect(
            TableRenderer().render(report([])) == """
                Guest customizations, 2026-11-16 09:00 to 2026-11-23 09:00 CET (7d)

                  customizations   0  none ended or was under way in this window
                  collection runs  0

                ! No collection run began in this window, so what happened in it is not known.

                """)
    }

    @Test func `a window without customizations still shows the polls`() {
        let quiet = report(
            [], coverage: ReportCoverage(runs: 2, complete: 1, longestGapSeconds: 60, lastGoodPollAt: at(0)))
        #expect(
            TableRenderer().render(quiet) == """
                Guest customizations, 2026-11-16 09:00 to 2026-11-23 09:00 CET (7d)

                  customizations   0  none ended or was under way in this window
                  collection runs  2  1 complete, 1 not ended
                                      last good poll 2026-11-16 09:00; at most 1m without a good poll

                """)
    }

    @Test func `a report without a finished customization has no rate`() {
        let text = TableRenderer().render(report([customization(.running, end: 100, vm: "vm-1")]))
        #expect(text.contains("  failure rate      –  none finished\n"))
        #expect(!text.contains("%"))
    }

    @Test func `both zones are named if the clocks change in the window`() {
        let window = ReportWindow(since: at(-30 * 86_400), until: at(0))
        let builder = ReportBuilder(window: window, timeZone: berlin)
        let text = TableRenderer()
            .render(builder.build(coverage: ReportCoverage(), generatedAt: at(0)))
        #expect(text.hasPrefix("Guest customizations, 2026-10-17 10:00 CEST to 2026-11-16 09:00 CET (30d)\n"))
    }

    @Test func `several vCenters are named on each row`() {
        let vms = lines(
            report([
                customization(.succeeded, end: 10, vCenter: "vcenter.example.org", vm: "vm-1", name: "web"),
                customization(.succeeded, end: 10, vCenter: "vc-b", vm: "vm-1", name: "web"),
            ]))
        #expect(
            vms.suffix(3) == [
                "  VM   VCENTER           COUNT  FAILED  RATE  P50  P95  LATEST ERROR",
                "✓ web  vc-b                  1       0  0.0%  30s  30s",
                "✓ web  vcenter.…ple.org      1       0  0.0%  30s  30s",
            ])
    }

    @Test func `a narrow terminal shortens remarks before names`() {
        let week = report([
            customization(.failed, end: 100, vm: "vm-1", name: "elastic-production-01", error: "No Perl"),
            customization(.succeeded, end: 3700, vm: "vm-1", name: "elastic-production-01"),
            customization(.running, end: 604_000, took: 90_000, vm: "vm-2", name: "kafka-production-01"),
            customization(.lost, end: 300, vm: "vm-3", name: "web"),
        ])
        #expect(
            lines(week, width: 80).suffix(5) == [
                "  VM                     COUNT  FAILED   RATE  P50  P95  LATEST ERROR",
                "! kafka-production-01        1       0      –    –    –  stuck 2026-11-22 07:46",
                "~ elastic-production-01      2       1  50.0%  30s  30s  2026-11-16 09:01, ok",
                "  └ No Perl",
                "? web                        1       0      –    –    –  1 lost",
            ])
        #expect(
            lines(week, width: 60).suffix(7) == [
                "  VM                     COUNT  FAILED   RATE  P50  P95",
                "! kafka-production-01        1       0      –    –    –",
                "  └ stuck since 2026-11-22 07:46",
                "~ elastic-production-01      2       1  50.0%  30s  30s",
                "  └ 2026-11-16 09:01, ok after 1h: No Perl",
                "? web                        1       0      –    –    –",
                "  └ 1 lost",
            ])
    }

    @Test(arguments: [(74, ""), (78, "███   "), (100, "█████     ")])
    func `a bar by day takes the space that remarks leave`(width: Int, bar: String) {
        let week = report([
            customization(.failed, end: 100, vm: "vm-1"), customization(.succeeded, end: 200, vm: "vm-1"),
            customization(.running, end: 604_000, vm: "vm-2"),
        ])
        let text = TableRenderer(width: width, graphics: true, by: .day).render(week)
        let day = "\n  2026-11-16      2       1  50.0%  9.5% to 90.5%  30s  30s"
        #expect(text.contains(bar.isEmpty ? day + "\n" : day + "  \(bar)\n"))
        #expect(text.contains(" –    –  1 running\n"))
    }

    @Test func `VMs with the same name are distinguished`() {
        let vms = lines(
            report([
                customization(.succeeded, end: 10, vm: "vm-1", name: "web"),
                customization(.succeeded, end: 10, vm: "vm-2", name: "web"),
                customization(.succeeded, end: 10, vm: "vm-3", name: "\u{200B}"),
            ]))
        #expect(vms.suffix(3).map { $0.prefix(14) } == ["✓ web (vm-1)  ", "✓ web (vm-2)  ", "✓ vm-3        "])
    }

    @Test func `a long name is cut in its middle and a long error after two lines`() {
        let name = "production-web-frontend-of-the-shop-in-the-north-of-europe-01"
        let vms = lines(
            report([
                customization(
                    .failed, end: 10, vm: "vm-1", name: name, error: String(repeating: "customization ", count: 1000))
            ]))
        #expect(vms[vms.count - 3].hasPrefix("✗ production-web-frontend…-the-north-of-europe-01      1 "))
        #expect(vms[vms.count - 1].hasPrefix("    customization"))
        #expect(vms[vms.count - 1].hasSuffix("…"))
    }

    @Test func `omitted rows are counted`() {
        var customizations = (1...60).map { customization(.succeeded, end: 10, vm: "ok-\($0)") }
        #expect(lines(report(customizations)).last == "  … and 60 VMs without failures")
        #expect(lines(report(Array(customizations.prefix(50)))).count { $0.hasPrefix("✓") } == 50)
        customizations += (1...55).map { customization(.failed, end: 10, vm: "bad-\($0)") }
        #expect(lines(report(customizations)).last == "  … and 60 VMs without failures")
        #expect(lines(report(customizations), limit: 10).last == "  … and 105 more VMs: 45 failing, 60 ok")
        #expect(lines(report(customizations), limit: 0).last == "  … and 115 more VMs: 55 failing, 60 ok")
        #expect(lines(report(customizations), limit: .max).filter { $0.hasPrefix("✓") }.count == 60)
    }

    @Test func `only the five most frequent errors are listed, and the others counted`() {
        let failures = (1...7).flatMap { kind in
            (0..<kind).map { customization(.failed, end: Double($0), vm: "vm-\(kind)", error: "error \(kind)") }
        }
        let text = TableRenderer().render(report(failures))
        #expect(
            text.contains(
                """
                  FAILED    VMS  ERROR
                       7      1  error 7
                       6      1  error 6
                       5      1  error 5
                       4      1  error 4
                       3      1  error 3
                       3         … with 2 other errors; --by error shows all, with causes and what to check

                """))
    }

    @Test func `by error, each cause is explained once, and an unknown one is marked as unknown`() {
        let errors = ["The moon is new", "Perl is missing", "No Perl here", "The moon is full"]
        let failures = errors.enumerated().map { customization(.failed, end: 100 - Double($0), vm: "vm", error: $1) }
        let text = TableRenderer(by: .error, limit: 3).render(report(failures))
        #expect(
            text.hasSuffix(
                """

                  FAILED    VMS  ERROR
                       1      1  The moon is new
                 probable cause  unknown: no cause is known for this error
                           logs  /var/log/vmware-imc/toolsDeployPkg.log
                                 /var/log/vmware-gosc/
                                 C:\\Windows\\Temp\\vmware-imc\\guestcust.log
                                 C:\\Windows\\System32\\Sysprep\\Panther\\setuperr.log

                       1      1  Perl is missing
                 probable cause  perl-missing: The guest has no Perl, and VMware's customization scripts are written
                                 in Perl.
                          check  - Install perl in the template, or let cloud-init take over the customization.
                                 - Check that perl is on the PATH of root's non-interactive shell.
                           logs  /var/log/vmware-imc/toolsDeployPkg.log

                       1      1  No Perl here
                 probable cause  perl-missing, as above

                       1         … with 1 other error

                """))
    }

    @Test func `by cause, the errors of one cause are added up`() {
        let failures = [
            customization(.failed, end: 10, vm: "vm-1", error: "Perl is missing"),
            customization(.failed, end: 20, vm: "vm-1", error: "No Perl here"),
            customization(.failed, end: 30, vm: "vm-2", error: "No Perl here"),
            customization(.failed, end: 40, vm: "vm-2", error: "The moon is new"),
        ]
        let text = TableRenderer(by: .cause).render(report(failures))
        #expect(
            text.contains(
                """
                  FAILED    VMS  PROBABLE CAUSE
                       3      2  perl-missing: The guest has no Perl, and VMware's customization scripts are written
                                 in Perl.
                         errors  2 No Perl here
                                 1 Perl is missing
                          check  - Install perl in the template, or let cloud-init take over the customization.
                """))
        #expect(
            text.contains(
                "\n       1      1  unknown: no cause is known for this error\n         errors  1 The moon is new\n"))
    }

    @Test func `a selected error shows its cause and its VMs`() {
        let failures = [
            customization(.failed, end: 10, vm: "vm-1", name: "a", error: "No Perl on 'a'"),
            customization(.failed, end: 20, vm: "vm-2", name: "b", error: "No Perl on 'b'"),
            customization(.failed, end: 30, vm: "vm-2", name: "b", error: "The moon is new"),
            customization(.failed, end: 30, vm: "vm-3", name: "c", error: "The moon is new"),
        ]
        let text = TableRenderer().render(report(failures).only(errorsMeantBy: "perl-missing"))
        #expect(text.contains("listed only: the error perl-missing; the figures cover all"))
        #expect(text.contains("       2      2  No Perl on '…'\n probable cause  perl-missing: "))
        #expect(text.contains("  └ No Perl on 'a'\n") && text.contains("  └ No Perl on 'b'\n"))
        #expect(!text.contains("moon") && !text.contains("✗ c"))
        #expect(text.contains("4 failed of 4 finished"))
    }

    @Test func `a limit on days keeps the newest`() {
        let text = TableRenderer(by: .day, limit: 2).render(eventfulWeek)
        #expect(text.contains("2026-11-23") && text.contains("  2026-11-22"))
        #expect(!text.contains("\n  2026-11-16 "))
        #expect(text.hasSuffix("  … and 6 earlier days\n"))
        let sorted = TableRenderer(by: .day, limit: 1).render(eventfulWeek.sorted(by: .failed))
        #expect(sorted.contains("\n  2026-11-17 ") || sorted.contains("\n  2026-11-19 "))
    }

    @Test(arguments: [60, 80, 100], [false, true]) func `no heading is cut`(width: Int, all: Bool) throws {
        let customizations = ["a", "b"].flatMap { vCenter in
            (1...3).map {
                customization(
                    $0 == 1 ? .failed : .succeeded, end: 1000, took: 100_000, vCenter: vCenter, vm: "vm-\($0)",
                    name: "production-web-\($0)", error: "No Perl")
            }
        }
        for breakdown in ReportBreakdown.allCases where breakdown != .suspect {
            var report = report(customizations)
            report.attributes = attributes(by: breakdown.attribute)
            let text = TableRenderer(width: width, by: breakdown, showsAllDurations: all).render(report)
            let heads = text.split(separator: "\n").filter { $0.contains("  FAILED") || $0.contains("COUNT") }
            #expect(!heads.isEmpty)
            for head in heads {
                #expect(!head.contains("…"), "\(head)")
                let words = head.split(separator: " ").map(String.init)
                #expect(Set(words).isSubset(of: Self.heads), "\(head)")
            }
            if breakdown == .vm { #expect(heads.last?.contains("VCENTER") == true) }
        }
    }

    private static let heads: Set<String> = [
        "VM", "VCENTER", "COUNT", "FAILED", "RATE", "LIKELY", "P50", "P90", "P95", "P99", "MAX", "LATEST", "ERROR",
        "VMS", "DAY",
        "PROBABLE", "CAUSE", "GUEST", "OS", "HOST", "CLUSTER", "FOLDER", "DATACENTER", "TEMPLATE", "VMWARE", "TOOLS",
    ]

    @Test func `all signs are ASCII in an ASCII locale`() {
        let names = (1...60).map {
            customization(
                .succeeded, end: 10, vm: "vm-\($0)", name: String(repeating: "long-name-", count: 9) + "\($0)")
        }
        let customizations =
            names + [
                customization(.failed, end: 20, vm: "a", name: "a", error: "waited 5 s"),
                customization(
                    .failed, end: 20, vm: "b", name: "b", error: "waited 6 s – \(String(repeating: "x", count: 900))"),
                customization(.running, end: 20, vm: "c", name: "c"),
            ]
        TerminalSigns.$current.withValue(.ascii) {
            for breakdown in ReportBreakdown.allCases {
                for limit in [nil, 70] {
                    let text = TableRenderer(width: 80, graphics: true, by: breakdown, limit: limit).render(
                        report(customizations, coverage: eventfulWeek.coverage))
                    #expect(text.utf8.allSatisfy { $0 < 0x80 }, "\(breakdown)")
                    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
                }
            }
            #expect(TableRenderer(width: 80).render(report(customizations)).contains("\nx a "))
        }
    }

    @Test(arguments: [
        (["LANG": "de_DE.UTF-8"], TerminalSigns.unicode), (["LANG": "C.utf8"], .unicode), ([:], .ascii),
        (["LANG": "C"], .ascii), (["LC_ALL": "C", "LANG": "de_DE.UTF-8"], .ascii),
        (["LC_ALL": "", "LC_CTYPE": "en_US.utf8", "LANG": "C"], .unicode),
    ])
    func `the locale decides which signs are used`(environment: [String: String], signs: TerminalSigns) {
        #expect(TerminalSigns(environment: environment) == signs)
    }

    @Test func `colours are used only on request`() {
        let plain = TableRenderer().render(eventfulWeek)
        let coloured = TableRenderer(colors: true).render(eventfulWeek)
        #expect(!plain.contains("\u{1B}"))
        #expect(coloured.contains("\u{1B}[31m✗ \u{1B}[0mdb-01"))
        #expect(coloured.replacing(/\u{1B}\[[0-9]*m/, with: "") == plain)
    }

    /// With any names and errors on a terminal of any width.
    @Test(arguments: 1...40) func `no line is wider than the terminal`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let customizations = (0..<12).map { index in
            let outcome = CustomizationOutcome.allCases.randomElement(using: &random) ?? .failed
            let seconds = Double(
                Int64.random(in: -10...300_000_000_000, using: &random) >> Int64.random(in: 0...38, using: &random))
            return customization(
                outcome, end: 100, took: seconds, vCenter: hostileText(using: &random), vm: "vm-\(index)",
                name: index == 0 ? String(repeating: "漢", count: 10_000) : hostileText(using: &random),
                error: outcome == .failed ? hostileText(using: &random) + String(repeating: "x", count: 10_000) : nil)
        }
        let width = [100, 80, 60, 40, 20, 10, 3, 1][Int(seed % 8)]
        for breakdown in [ReportBreakdown.vm, .error] {
            let text = TableRenderer(width: width, by: breakdown).render(
                report(customizations, coverage: eventfulWeek.coverage))
            for line in text.split(separator: "\n") {
                let shown = TerminalText(String(line))
                #expect(shown.string == line && shown.width <= width)
            }
            #expect(!text.unicodeScalars.contains { $0.isUnseen && $0 != "\n" })
        }
    }
}
