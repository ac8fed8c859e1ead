import GuestCustomization

/// The VMs in a table that the page's script makes sortable.
struct VirtualMachineList {
    let markup: Markup

    private static let nameLimit = 200
    private static let messageLimit = 240

    /// The name and, for the script, whether the first click sorts in descending order.
    private static let heads: [(name: String, largestFirst: Bool)] = [
        ("VM", false), ("State", false), ("Count", true), ("Failed", true), ("Rate", true), ("p50", true),
        ("p95", true), ("Latest error", true),
    ]

    init(_ report: Report, limit: Int, _ times: LocalTimeFormat) {
        let all = report.listedVirtualMachines
        let showsVCenter = all.areOnSeveralVCenters
        let rows = all.prefix(limit).map { Self.row($0, showsVCenter: showsVCenter, times) }
        let heads = Self.heads.map {
            "<th scope=\"col\" role=\"columnheader\"\($0.largestFirst ? " data-largest-first" : "" as Markup)>\($0.name)</th>"
                as Markup
        }
        guard !all.isEmpty else {
            markup = """
                <section class="card" id="vms" aria-labelledby="vms-title"><h2 id="vms-title">Virtual machines</h2>
                <p class="quiet">No customization ended or was under way in this window.</p></section>
                """
            return
        }
        markup = """
            <section class="card" id="vms" aria-labelledby="vms-title"><h2 id="vms-title">Virtual machines</h2>
            <p class="unseen" id="vms-order" role="status"></p>
            <form class="search" id="vm-search" role="search" hidden><label for="vm-words">Search</label>
            <input type="search" id="vm-words" autocomplete="off" spellcheck="false" placeholder="name, id, state, error">
            <output for="vm-words" id="vm-found"></output></form>
            <table class="stacked sortable" role="table" id="vm-table"><caption class="unseen">Figures and the latest error of each virtual machine</caption>
            <thead role="rowgroup"><tr role="row">\(heads)</tr></thead>
            <tbody role="rowgroup">
            \(rows)
            </tbody></table>\(all.count <= limit ? nil : "<p class=\"quiet\">\(ReportWords.remainder(of: all, without: Array(all.prefix(limit))))</p>" as Markup)</section>
            """
    }

    private static func row(_ vm: VirtualMachineReport, showsVCenter: Bool, _ times: LocalTimeFormat) -> Markup {
        let figures = vm.figures
        let interval = ReportWords.interval(of: figures).map { "<small>likely \($0)</small>" as Markup }
        let name = vm.name.visible(upTo: nameLimit)
        let vCenter: Markup? = showsVCenter ? " · \(Markup.isolated(vm.vCenter, upTo: nameLimit))" : nil
        func number(_ label: String, _ value: Double?, _ text: String, _ note: Markup? = nil) -> Markup {
            "<td role=\"cell\" class=\"number\" data-label=\"\(label)\" data-value=\"\(value.map(ExactNumber.text) ?? "")\">\(text)\(note)</td>"
        }
        return """
            <tr role="row"><th scope="row" role="rowheader">\(Markup.isolated(name.isEmpty ? vm.vm : name, upTo: nameLimit))<small>\(Markup.isolated(vm.vm, upTo: nameLimit))\(vCenter)</small></th>\
            <td role="cell" class="state" data-value="\(vm.condition.rawValue)"><span class="badge \(Markup(trusted: vm.condition.badge))">\(vm.condition.word)</span></td>\
            \(number("Count", Double(figures.customizations), String(figures.customizations)))\
            \(number("Failed", Double(figures.failed), String(figures.failed)))\
            \(number("Rate", figures.failureRate, FigureText.percent(figures.failureRate), interval))\
            \(number("p50", figures.durations?.p50, FigureText.duration(figures.durations?.p50)))\
            \(number("p95", figures.durations?.p95, FigureText.duration(figures.durations?.p95)))\
            <td role="cell" class="message" data-value="\((vm.matchedError ?? vm.latestError).map { String($0.failedAt.unixMilliseconds) } ?? "")">\(latest(of: vm, times))</td></tr>

            """
    }

    private static func latest(of vm: VirtualMachineReport, _ times: LocalTimeFormat) -> Markup {
        let stuck = vm.stuckSince.map { "<span class=\"when\">stuck since \(times.minute($0))</span>" as Markup }
        guard let error = vm.matchedError ?? vm.latestError else {
            if let stuck { return stuck }
            return "<span class=\"when\">\(ReportWords.unfinished(vm.figures))</span>"
        }
        let recovery = ReportWords.recovery(of: error).map { ", " + $0 } ?? ""
        let text = Markup.isolated(ReportWords.error(id: error.id, message: error.message), upTo: messageLimit)
        return "<span class=\"when\">\(times.minute(error.failedAt))\(recovery)</span>\(text)\(stuck)"
    }
}

extension VirtualMachineReport.Condition {
    /// A class in the page's style sheet.
    fileprivate var badge: String {
        switch self {
        case .failing: "bad"
        case .stuck, .recovered: "doubtful"
        case .unclear, .underWay, .gone: "open"
        case .sound: "good"
        }
    }
}
