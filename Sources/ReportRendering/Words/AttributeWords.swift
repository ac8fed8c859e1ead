import GuestCustomization

/// Wording about what VMs are.
enum AttributeWords {
    /// The title of an attribute's column.
    static func title(of attribute: VirtualMachineAttribute) -> String {
        switch attribute {
        case .guestOS: "Guest OS"
        case .host: "Host"
        case .cluster: "Cluster"
        case .folder: "Folder"
        case .datacenter: "Datacenter"
        case .template: "Template"
        case .tools: "VMware Tools"
        }
    }

    /// A value for people: a VM in the datacenter's own folder is in none that they see.
    static func value(_ value: String?, of attribute: VirtualMachineAttribute) -> String {
        guard let value else { return "unknown" }
        return value.isEmpty ? "(the datacenter's own folder)" : value
    }

    /// `VMs on esx-07: 9 of 11 failed, elsewhere 14 of 312`
    static func sentence(about suspect: Suspect) -> String {
        "\(virtualMachines(of: suspect)): \(suspect.here.failed) of \(suspect.here.finished) failed, \(rest(of: suspect))"
    }

    /// `VMs on esx-07`
    static func virtualMachines(of suspect: Suspect) -> String {
        let value = value(suspect.value, of: suspect.attribute)
        return switch suspect.attribute {
        case .guestOS: "VMs with \(value)"
        case .host: "VMs on \(value)"
        case .cluster: "VMs in the cluster \(value)"
        case .folder: suspect.value.isEmpty ? "VMs in \(value)" : "VMs in the folder \(value)"
        case .datacenter: "VMs in the datacenter \(value)"
        case .template: "VMs made from \(value)"
        case .tools: "VMs with VMware Tools \(value)"
        }
    }

    /// `elsewhere 14 of 312`
    static func rest(of suspect: Suspect) -> String {
        let counts = "\(suspect.elsewhere.failed) of \(suspect.elsewhere.finished)"
        return switch suspect.attribute {
        case .host, .cluster, .folder, .datacenter: "elsewhere \(counts)"
        case .guestOS, .template, .tools: "others \(counts)"
        }
    }

    /// How easily chance explains a suspect: `0.3%`, or `<0.1%`.
    static func chance(of suspect: Suspect) -> String {
        FigureText.percent(suspect.adjustedPValue == 0 ? .leastNonzeroMagnitude : suspect.adjustedPValue)
    }

    /// What a report without suspects says.
    static func nothing(of report: AttributeReport) -> String {
        if report.finished == 0 { return "No customization finished, so nothing can be suspected." }
        if report.attributed == 0 {
            return
                "Not known: nothing is recorded of what these VMs are, so nothing could be tested. `collect` records it if the vCenter has the VI JSON API (8.0 U1 and later)."
        }
        if report.tested == 0 {
            return
                "Too little to test: no value has \(SuspectSearch.minimumFinished) finished customizations, and others beside them."
        }
        return
            "Nothing stands out: of \(FigureText.counted(report.tested, "value")) of \(known(of: report)), none fails more often than chance explains."
    }

    /// That a report cannot tell what fails, for want of attributes; `nil` if it could, or if nothing finished.
    static func unknown(in report: AttributeReport?) -> String? {
        guard let report, report.finished > 0, report.attributed == 0 else { return nil }
        return "What fails, such as which host or template: \(nothing(of: report))"
    }

    /// How much of a report the attributes cover: `312 of 340 finished customizations`
    static func known(of report: AttributeReport) -> String {
        report.attributed == report.finished
            ? FigureText.counted(report.finished, "finished customization")
            : "\(report.attributed) of \(FigureText.counted(report.finished, "finished customization"))"
    }

    /// What a list of suspects means.
    static func explanation(of report: AttributeReport) -> String {
        "These fail more often than chance easily explains, of \(FigureText.counted(report.tested, "value")) of \(known(of: report)). That is no proof: a host may fail for the template that runs on it."
    }
}
