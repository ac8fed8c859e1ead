import Foundation
import GuestCustomization

extension JSONWriter {
    /// What VMs are; `null` if that was not asked for.
    mutating func attributes(
        _ report: AttributeReport?, values: ([AttributeValueReport]) -> [AttributeValueReport],
        suspects: ([Suspect]) -> [Suspect]
    ) {
        guard let report else { return field("attributes", nil as String?) }
        field("attributes") { json in
            json.field("by", report.attribute?.rawValue)
            json.field("values", array: values(report.values)) { json, value in
                json.field("value", value.value)
                json.field("virtual_machines", value.virtualMachines)
                json.fields(of: value.figures)
                json.interval(of: value.figures)
            }
            json.field("finished", report.finished)
            json.field("attributed", report.attributed)
            json.field("tested", report.tested)
            json.field("suspects", array: suspects(report.suspects)) { json, suspect in
                json.field("attribute", suspect.attribute.rawValue)
                json.field("value", suspect.value)
                json.field("failed", suspect.here.failed)
                json.field("finished", suspect.here.finished)
                json.field("failed_elsewhere", suspect.elsewhere.failed)
                json.field("finished_elsewhere", suspect.elsewhere.finished)
                json.field("p_value", suspect.pValue.toSixDigits)
                json.field("adjusted_p_value", suspect.adjustedPValue.toSixDigits)
            }
        }
    }
}

extension Double {
    /// Rounded to six digits, however small it is: the last ones differ from machine to machine.
    var toSixDigits: Double { Double(String(format: "%.5e", self)) ?? self }
}

extension VirtualMachineAttribute {
    /// Its name in JSON.
    var jsonName: String { rawValue.replacing("-", with: "_") }
}
