import GuestCustomization

extension CSVRenderer {
    /// What customized VMs are. An unknown value is an empty cell; so is that of a VM in the datacenter's own folder, of which the column
    /// `is_known` says `true`.
    static func write(_ report: AttributeReport?, _ limit: Int, to csv: inout CSVWriter) {
        guard let attribute = report?.attribute else { return write(report?.suspects.prefix(limit) ?? [], to: &csv) }
        csv.header([attribute.jsonName, "is_known", "virtual_machines"] + figures)
        for value in report?.values.prefix(limit) ?? [] {
            csv.row(
                [
                    .text(value.value), .text(value.value == nil ? "false" : "true"), .number(value.virtualMachines),
                ] + cells(of: value.figures))
        }
    }

    private static func write(_ suspects: ArraySlice<Suspect>, to csv: inout CSVWriter) {
        csv.header([
            "attribute", "value", "failed", "finished", "failed_elsewhere", "finished_elsewhere", "p_value",
            "adjusted_p_value",
        ])
        for suspect in suspects {
            csv.row([
                .text(suspect.attribute.rawValue), .text(suspect.value), .number(suspect.here.failed),
                .number(suspect.here.finished), .number(suspect.elsewhere.failed),
                .number(suspect.elsewhere.finished), .exact(ExactNumber.text(suspect.pValue.toSixDigits)),
                .exact(ExactNumber.text(suspect.adjustedPValue.toSixDigits)),
            ])
        }
    }
}
