/// What each row of a report stands for.
package enum ReportBreakdown: String, CaseIterable, Hashable, Sendable {
    case vm
    case error
    case cause
    case day
    case vCenter = "vcenter"
    case guestOS = "guest-os"
    case host
    case cluster
    case folder
    case datacenter
    case template
    case tools
    case suspect

    /// The attribute of VMs whose values are the rows; `nil` if they are something else.
    package var attribute: VirtualMachineAttribute? { VirtualMachineAttribute(rawValue: rawValue) }

    /// What has to be read about VMs for it; `nil` for nothing.
    package var question: Report.AttributeQuestion? { attribute.map { .values(of: $0) } ?? (self == .suspect ? .suspects : nil) }

    /// The orders into which its rows can be sorted.
    package var orders: [ReportOrder] {
        switch self {
        case .vm: ReportOrder.allCases
        case .error: [.worst, .name, .failed, .latest]
        case .cause, .suspect: [.worst]
        case .guestOS, .host, .cluster, .folder, .datacenter, .template, .tools:
            [.worst, .name, .rate, .failed, .count, .duration]
        case .day, .vCenter: [.name, .rate, .failed, .count, .duration]
        }
    }
}

/// The order of a report's rows. Names ascend; in every other order the largest comes first. VMs that are gone always come last.
package enum ReportOrder: String, CaseIterable, Hashable, Sendable {
    /// VMs by `isWorse(than:)`, errors by frequency.
    case worst
    /// VM, vCenter, date or error.
    case name
    /// Failure rate; those without one come last.
    case rate
    /// Failed customizations.
    case failed
    /// Customizations.
    case count
    /// 95th percentile of the durations; those without one come last.
    case duration
    /// The latest failure; those without one come last.
    case latest
}

extension Report {
    /// The same report with its rows in another order; a breakdown that does not have that order keeps its own.
    package func sorted(by order: ReportOrder) -> Report {
        var report = self
        let figures: (CustomizationFigures) -> Double? =
            switch order {
            case .rate: { $0.failureRate }
            case .failed: { Double($0.failed) }
            case .count: { Double($0.customizations) }
            case .duration: { $0.durations?.p95 }
            case .worst, .name, .latest: { _ in nil }
            }
        switch order {
        case .worst: break
        case .name:
            report.virtualMachines.sort { ($0.name, $0.vCenter, $0.vm) < ($1.name, $1.vCenter, $1.vm) }
            report.attributes?.values.sort { ($0.value ?? "") < ($1.value ?? "") }
            report.errors.sort { ($0.message ?? $0.id ?? "", $0.id ?? "") < ($1.message ?? $1.id ?? "", $1.id ?? "") }
        case .latest:
            report.virtualMachines.sortDescending { $0.latestError.map { Double($0.failedAt.unixMilliseconds) } }
            report.errors.sortDescending { Double($0.last.unixMilliseconds) }
        case .failed, .rate, .count, .duration:
            report.virtualMachines.sortDescending { figures($0.figures) }
            report.days.sortDescending { figures($0.figures) }
            report.vCenters.sortDescending { figures($0.figures) }
            report.attributes?.values.sortDescending { figures($0.figures) }
        }
        if order != .worst {
            if let values = report.attributes?.values {
                report.attributes?.values = values.filter { $0.value != nil } + values.filter { $0.value == nil }
            }
            report.virtualMachines =
                report.virtualMachines.filter(\.isListed) + report.virtualMachines.filter { !$0.isListed }
        }
        return report
    }
}

extension Array {
    /// Elements with equal values keep their order, and those without a value come last.
    fileprivate mutating func sortDescending(_ value: (Element) -> Double?) {
        let keys = map { value($0) ?? -.infinity }
        self = indices.sorted { (keys[$0], $1) > (keys[$1], $0) }.map { self[$0] }
    }
}
