import GRDB
import GuestCustomization

extension ExportQuery {
    init(_ table: ExportedTable, _ selection: ExportSelection) {
        self =
            switch table {
            case .pollHistory: .pollHistory(selection)
            case .customizationHistory: .customizationHistory(selection)
            case .runs: .runs(selection)
            case .polls: .polls(selection)
            case .answers: .answers
            case .customizations: .customizations(selection)
            case .virtualMachines: .virtualMachines
            case .virtualMachineEndpoints: .virtualMachineEndpoints
            case .vCenters: .vCenters
            }
    }

    private static var answers: ExportQuery {
        ExportQuery(
            [
                .init("id", .id), .init("result", .text), .init("http_status", .httpStatus).orNull,
                .init("status", .text).orNull, .init("start_time", .instant).orNull, .init("end_time", .instant).orNull,
                .init("error_id", .text).orNull, .init("error_message", .text).orNull,
            ], of: "answer"
        ) { after, through in
            """
            SELECT id, result, http_status, status, start_ms, end_ms, error_id, error_message FROM answer
            WHERE id > \(after) AND id <= \(through) ORDER BY id
            """
        }
    }

    private static var virtualMachines: ExportQuery {
        ExportQuery(
            [
                .init("id", .id), .init("vcenter_id", .id), .init("vm", .text), .init("vm_name", .text),
                .init("instance_uuid", .text).orNull, .init("is_listed", .flag),
            ], of: "virtual_machine"
        ) { after, through in
            """
            SELECT v.id, v.vcenter_id, v.moid, v.shown_name, v.instance_uuid, v.id IN (SELECT vm_id FROM listed_virtual_machine)
            FROM virtual_machine AS v WHERE v.id > \(after) AND v.id <= \(through) ORDER BY v.id
            """
        }
    }

    private static var virtualMachineEndpoints: ExportQuery {
        ExportQuery(
            [.init("id", .id), .init("virtual_machine_id", .id), .init("endpoint", .endpoint)],
            of: "virtual_machine_endpoint"
        ) { after, through in
            """
            SELECT id, vm_id, endpoint_id FROM virtual_machine_endpoint WHERE id > \(after) AND id <= \(through) ORDER BY id
            """
        }
    }

    private static var vCenters: ExportQuery {
        ExportQuery([.init("id", .id), .init("name", .text)], of: "vcenter") {
            "SELECT id, name FROM vcenter WHERE id > \($0) AND id <= \($1) ORDER BY id"
        }
    }
}
