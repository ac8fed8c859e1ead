import Foundation
import GuestCustomization
import TestSupport

/// A report with every oddity that a history may contain: names in all scripts and directions, emoji, control and escape
/// characters, HTML, formulas, Markdown, a message of 10,000 characters, a failure without text, clocks that go back, two
/// vCenters, days without data, and a day of 25 hours.
let hostileReport: Report = {
    // From Friday 2026-10-23 00:00 to Wednesday 2026-10-28 00:00 in Berlin; the clocks go back on Sunday.
    let window = ReportWindow(
        since: Timestamp(unixMilliseconds: 1_792_706_400_000), until: Timestamp(unixMilliseconds: 1_793_142_000_000))
    let week = window.since.seconds(since: at(0))
    func hours(_ hours: Double) -> Double { week + hours * 3600 }
    let noise = String(repeating: "noise & <b>nonsense</b> ", count: 435)

    var builder = ReportBuilder(window: window, timeZone: berlin)
    let customizations = [
        customization(
            .failed, end: hours(1), vm: "vm-1", name: "=cmd|' /C calc'!A0", errorID: "<img src=x onerror=alert(1)>",
            error: "=HYPERLINK(\"https://evil.example\",\"click\")"),
        customization(
            .failed, end: hours(2), vm: "vm-2", name: "<script>alert('1')</script>",
            error: "</script><script>alert(2)</script> & \"quotes\" <!-- "),
        customization(.succeeded, end: hours(3), vm: "vm-2", name: "<script>alert('1')</script>"),
        customization(.failed, end: hours(49), vm: "vm-3", name: "\u{202E}gnp.exe \u{2066}שרת\u{2069}", error: noise),
        customization(.succeeded, end: hours(50), took: -5, vm: "vm-4", name: "数据库-北京 ｗｅｂ"),
        customization(
            .failed, end: hours(51), vm: "vm-5", name: "\u{1B}]0;owned\u{7}\u{1B}[2J\u{9B}31m",
            error: "line\r\nbreak\u{2028}\t\u{0}NUL"),
        customization(.failed, end: hours(52), vm: "vm-6", name: "👩‍👩‍👧 🇩🇪 👍🏽 ❤️"),
        customization(.running, end: hours(53), took: 90_000, vm: "vm-7", name: "خادم-الويب"),
        customization(.pending, end: hours(54), took: 60, vm: "vm-8", name: "Z̸̢̛͚͎̱̪̦̎̈́̉͐̽͘ͅalgo"),
        customization(.lost, end: hours(72), vm: "vm-9", name: ""),
        customization(
            .failed, end: hours(73), vCenter: "vc|`b`", vm: "vm-1",
            name: "| `x` [a](https://evil.example) @admin #1 **b** www.evil.example",
            errorID: "a.b|c", error: "![x](http://evil.example/x.png) <https://evil.example> \\| ~~gone~~ $x$"),
        customization(.other, end: hours(74), vCenter: "vc|`b`", vm: "vm-2", name: "+49 30 1234"),
    ]
    for customization in customizations { builder.add(customization) }
    for day in [0.0, 1, 2, 3] where day != 1 {
        builder.addGoodRun(of: "vc-a", at: window.since.advanced(bySeconds: day * 86_400 + 7200))
    }
    builder.addGoodRun(of: "silent", at: window.since.advanced(bySeconds: 7200))
    var report = builder.build(
        coverage: ReportCoverage(
            runs: 6, complete: 3, partial: 1, failed: 1, interrupted: 0, longestGapSeconds: 172_800,
            lastGoodPollAt: window.since.advanced(bySeconds: 3 * 86_400), virtualMachinesWithoutData: 1,
            vCenters: [
                WatchRecord(
                    vCenter: "vc<b>|`x`\u{1B}[2J\u{202E}@all", runs: 6,
                    firstGoodRunAt: window.since.advanced(bySeconds: 90_000),
                    lastGoodRunAt: window.since.advanced(bySeconds: 3 * 86_400), longestGapSeconds: 172_800,
                    gaps: [
                        WatchRecord.Gap(since: window.since, until: window.since.advanced(bySeconds: 90_000)),
                        WatchRecord.Gap(
                            since: window.since.advanced(bySeconds: 100_000),
                            until: window.since.advanced(bySeconds: 110_000)),
                        WatchRecord.Gap(since: window.since.advanced(bySeconds: 3 * 86_400), until: window.until),
                    ], knownUntil: window.until)
            ], runsStampedLater: 2),
        generatedAt: window.until)
    report.filter = ReportFilter(vms: ["*", "<b>|`x`@all"], vCenters: [], endpoints: [.customizationLive])
    var before = CustomizationFigures()
    before.succeeded = 40
    before.failed = 1
    report.comparison = ReportComparison(
        window: ReportWindow(since: window.since.advanced(bySeconds: -435_600), until: window.since), summary: before,
        virtualMachines: 12, coverage: ReportCoverage(runs: 5, complete: 5))
    return report
}()
