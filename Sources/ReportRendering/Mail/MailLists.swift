import GuestCustomization

/// The parts of a mail below its figures: what to doubt, why customizations failed, and where.
enum MailLists {
    private static let nameLimit = 200
    private static let messageLimit = 240

    static func warnings(of report: Report) -> Markup? {
        let warnings = ReportWarnings.of(report)
        guard !warnings.isEmpty else { return nil }
        return """
            <h2 style="margin:24px 0 6px;font-size:16px;line-height:22px;color:#8a5a00">Before you believe these numbers</h2>
            <ul style="margin:0;padding:0 0 0 20px">\(warnings.map { "<li>\($0)</li>\n" as Markup })</ul>
            """
    }

    static func errors(_ errors: [ErrorGroup], limit: Int, _ times: LocalTimeFormat) -> Markup? {
        guard !errors.isEmpty else { return nil }
        let rows = errors.prefix(limit).map { error -> Markup in
            let id: Markup? =
                error.message == nil
                ? nil : error.id.map { "<br><span \(note)>\(Markup.isolated($0, upTo: nameLimit))</span>" }
            return """
                <tr><td \(MailStyle.cell("white-space:nowrap;font-weight:bold"))>\(error.count)×</td>\
                <td \(MailStyle.cell())>\(Markup.isolated(error.words, upTo: messageLimit))\(id)\
                <br><span \(note)>\(FigureText.counted(error.virtualMachines, "VM")), latest \(times.minute(error.last)). \
                Probable cause: \(error.cause?.explanation ?? "unknown")</span></td></tr>

                """
        }
        let rest = errors.count - rows.count
        return """
            <h2 \(MailStyle.heading)>Errors</h2>
            <table role="presentation" \(MailStyle.table)>
            \(rows)</table>
            \(rest > 0 ? "<p \(MailStyle.quiet)>… and \(FigureText.counted(rest, "more error"))</p>" as Markup : nil)
            """
    }

    static func virtualMachines(of report: Report, limit: Int, _ times: LocalTimeFormat) -> Markup {
        let all = report.listedVirtualMachines
        let shown = Array(all.prefix(limit))
        let showsVCenter = all.areOnSeveralVCenters
        let rows = shown.map { row(of: $0, showsVCenter: showsVCenter, times) }
        let nothing: Markup = "<p \(MailStyle.quiet)>No customization ended or was under way in this window.</p>"
        let rest: Markup? =
            all.count > shown.count
            ? "<p \(MailStyle.quiet)>\(ReportWords.remainder(of: all, without: shown))</p>" : nil
        let table: Markup = """
            <table role="presentation" \(MailStyle.table)>
            \(rows)</table>
            \(rest)
            """
        return """
            <h2 \(MailStyle.heading)>Virtual machines</h2>
            \(all.isEmpty ? nothing : table)
            """
    }

    private static func row(of vm: VirtualMachineReport, showsVCenter: Bool, _ times: LocalTimeFormat) -> Markup {
        let name = vm.name.visible(upTo: nameLimit)
        let vCenter: Markup? = showsVCenter ? " · \(Markup.isolated(vm.vCenter, upTo: nameLimit))" : nil
        return """
            <tr><td \(MailStyle.cell())><strong>\(Markup.isolated(name.isEmpty ? vm.vm : name, upTo: nameLimit))</strong>\
            <br><span \(note)>\(Markup.isolated(vm.vm, upTo: nameLimit))\(vCenter)</span></td>\
            <td \(MailStyle.cell("white-space:nowrap;color:\(color(of: vm.condition))"))><strong>\(vm.condition.word)</strong>\
            <br><span \(note)>\(vm.figures.failed) of \(vm.figures.finished)</span></td>\
            <td \(MailStyle.cell())>\(latest(of: vm, times))</td></tr>

            """
    }

    private static func latest(of vm: VirtualMachineReport, _ times: LocalTimeFormat) -> Markup {
        let stuck = vm.stuckSince.map { "<span \(note)>stuck since \(times.minute($0))</span>" as Markup }
        guard let error = vm.matchedError ?? vm.latestError else {
            return stuck ?? "<span \(note)>\(ReportWords.unfinished(vm.figures))</span>"
        }
        let recovery = ReportWords.recovery(of: error).map { ", " + $0 } ?? ""
        let text = Markup.isolated(ReportWords.error(id: error.id, message: error.message), upTo: messageLimit)
        return "\(text)<br><span \(note)>\(times.minute(error.failedAt))\(recovery)</span> \(stuck)"
    }

    private static let note: Markup = "style=\"font-size:13px;line-height:18px;color:#5b6675;font-weight:normal\""

    /// The colours of the badges on the page of `HTMLRenderer`.
    private static func color(of condition: VirtualMachineReport.Condition) -> String {
        switch condition {
        case .failing: "#c62f3b"
        case .stuck, .recovered: "#8a5a00"
        case .unclear, .underWay, .gone: "#5b6675"
        case .sound: "#1d7a46"
        }
    }
}
