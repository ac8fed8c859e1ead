import GuestCustomization

/// Wording of the to-do list that its formats for people share.
enum FailingWords {
    /// `3 VMs fail now, 1 of them stuck; 2 more are only stuck (--stuck lists them)`
    static func summary(of report: FailingReport) -> String {
        let vms = report.virtualMachines
        let stuckToo = vms.count { $0.stuckSince != nil }
        let isKnown = report.canJudge || !vms.isEmpty
        let about = report.filter.error == nil ? "" : " with this error"
        var text =
            vms.isEmpty
            ? (isKnown ? "no VM fails now\(about)" : "no VM is known to fail\(about)")
            : "\(FigureText.counted(vms.count, "VM")) \(vms.count == 1 ? "fails" : "fail") now\(about)"
                + (stuckToo > 0 ? ", \(stuckToo) of them stuck" : "")
        if !report.stuckOnly.isEmpty {
            let count = report.stuckOnly.count
            text += "; \(count) more \(count == 1 ? "is" : "are") only stuck"
            if !report.listsStuck { text += " (--stuck lists \(count == 1 ? "it" : "them"))" }
        }
        return text
    }

    /// What the list cannot show.
    static func warnings(on report: FailingReport, _ times: LocalTimeFormat) -> [String] {
        var warnings = report.notPolled.prefix(maximumVCenters).map { vCenter in
            let name = TerminalText(vCenter.vCenter, upTo: 80).truncatedInMiddle(to: 80).string
            let what = vCenter.wasPolled ? "no good poll since" : "no good poll yet; first run"
            return "\(name): \(what) \(times.minute(vCenter.since)), so what fails there now is not known."
        }
        let others = report.notPolled.count - warnings.count
        if others > 0 { warnings.append("\(FigureText.counted(others, "more vCenter")) not polled either.") }
        if report.lastGoodPollAt == nil, report.notPolled.isEmpty {
            warnings.append("No poll of these VMs ever got a status, so whether they fail is not known.")
        }
        if report.virtualMachinesWithoutData > 0 {
            let vms = FigureText.counted(report.virtualMachinesWithoutData, "VM")
            warnings.append("No data on \(vms): no poll of them was good in the last 7 days.")
        }
        return warnings
    }

    private static let maximumVCenters = 10

    /// `only VM web-*, vCenter vc-a`; `nil` if the list covers everything.
    static func filter(of report: FailingReport) -> String? {
        let sentences = [
            ReportWords.parts(of: report.filter), report.filter.error.map { "only the error \($0)" },
        ].compactMap(\.self)
        return sentences.isEmpty ? nil : sentences.joined(separator: "; ")
    }

    /// How long it has been failing or stuck.
    static func age(of vm: FailingVirtualMachine, at now: Timestamp) -> String {
        FigureText.duration(max(0, now.seconds(since: vm.since)))
    }

    /// The name of the probable cause, `unknown`, or `stuck` if it does not fail.
    static func cause(of vm: FailingVirtualMachine) -> String {
        vm.failures == nil ? "stuck" : vm.cause?.name ?? FailureCause.unknownName
    }
}

extension FailingVirtualMachine {
    /// `failing` or `stuck`, as in a report.
    var condition: VirtualMachineReport.Condition { failures == nil ? .stuck : .failing }
}
