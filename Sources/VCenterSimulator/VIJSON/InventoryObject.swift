import Foundation
import GuestCustomization

/// An object of the inventory, and its properties by their paths.
enum InventoryObject: Sendable {
    case virtualMachine(Estate.Entry)
    case template(SimulatedTemplate, SimulatedHost)
    case host(SimulatedHost)
    case cluster(SimulatedHost)
    case datacenter(SimulatedHost)
    case folder(SimulatedFolder)
    /// A `ContainerView`, which is an object of a session.
    case view(String, [VIReference])

    var reference: VIReference {
        switch self {
        case .virtualMachine(let entry): VIReference(type: "VirtualMachine", id: entry.machine.id)
        case .template(let template, _): VIReference(type: "VirtualMachine", id: template.id)
        case .host(let host): VIReference(type: "HostSystem", id: host.id)
        case .cluster(let host): VIReference(type: "ClusterComputeResource", id: host.cluster)
        case .datacenter(let host): VIReference(type: "Datacenter", id: host.datacenter)
        case .folder(let folder): VIReference(type: "Folder", id: folder.id)
        case .view(let id, _): VIReference(type: "ContainerView", id: id)
        }
    }

    /// The paths that the simulator knows of each type; any other is InvalidProperty.
    static let paths: [String: [String]] = [
        "VirtualMachine": [
            "name", "parent", "config.instanceUuid", "config.uuid", "config.template", "config.guestFullName",
            "guest.guestFullName", "guest.guestFamily", "guest.toolsVersion", "guest.toolsRunningStatus",
            "guest.customizationInfo", "runtime.host", "runtime.powerState",
        ],
        "HostSystem": ["name", "parent"], "ClusterComputeResource": ["name", "parent"],
        "Datacenter": ["name", "parent"], "Folder": ["name", "parent"],
    ]

    /// A property's value; `nil` if it is unset.
    func property(_ path: String, at now: Timestamp) -> VIValue? {
        switch (self, path) {
        case (.virtualMachine(let entry), _): Self.property(path, of: entry, at: now)
        case (.template(let template, let host), _): Self.property(path, of: template, on: host)
        case (.host(let host), "name"): .name(host.name)
        case (.host(let host), _): .reference(VIReference(type: "ClusterComputeResource", id: host.cluster))
        case (.cluster(let host), "name"): .name(host.clusterName)
        case (.cluster(let host), _): Self.folderReference("group-h\(host.datacenterNumber * 10)")
        case (.datacenter(let host), "name"): .name(host.datacenterName)
        case (.datacenter, _): Self.folderReference("group-d1")
        case (.view(_, let members), _): .list(members.map { .reference($0) })
        case (.folder(let folder), "name"): .name(folder.name)
        case (.folder(let folder), _):
            if folder.parent.isEmpty {
                nil
            } else if folder.parent == "group-d1" {
                // The two folders of a datacenter are its own, which /api does not show.
                .reference(VIReference(type: "Datacenter", id: folder.datacenter))
            } else {
                Self.folderReference(folder.parent)
            }
        }
    }

    private static func folderReference(_ id: String) -> VIValue { .reference(VIReference(type: "Folder", id: id)) }

    private static func property(_ path: String, of entry: Estate.Entry, at now: Timestamp) -> VIValue? {
        let machine = entry.machine
        let isOn = machine.powerState == "POWERED_ON"
        switch path {
        case "name": return .name(machine.name)
        case "parent": return folderReference(machine.folder)
        case "config.instanceUuid": return .string(machine.instanceUUID)
        case "config.uuid": return .string(machine.biosUUID)
        case "config.template": return .boolean(false)
        case "config.guestFullName": return .string(entry.template.guestFullName)
        case "guest.guestFullName": return entry.hasTools ? .string(entry.template.guestFullName) : nil
        case "guest.guestFamily":
            guard entry.hasTools else { return nil }
            return .string(machine.guest == .linux ? "linuxGuest" : "windowsGuest")
        case "guest.toolsVersion": return .string(entry.key % 3 == 0 ? "12389" : "12448")
        case "guest.toolsRunningStatus":
            return .string(entry.hasTools ? "guestToolsRunning" : "guestToolsNotRunning")
        case "guest.customizationInfo": return entry.customizationInfo(at: now)
        case "runtime.host": return .reference(VIReference(type: "HostSystem", id: machine.host.id))
        case "runtime.powerState":
            return .string(isOn ? "poweredOn" : machine.powerState == "SUSPENDED" ? "suspended" : "poweredOff")
        default: return nil
        }
    }

    private static func property(_ path: String, of template: SimulatedTemplate, on host: SimulatedHost) -> VIValue? {
        switch path {
        case "name": return .name(template.name)
        case "parent": return folderReference("group-v\(host.datacenterNumber * 10)")
        case "config.instanceUuid", "config.uuid":
            var draws = SplitMix64(SplitMix64.key(0, of: template.id), 3)
            return .string(SimulatedVirtualMachine.uuid(drawing: &draws))
        case "config.template": return .boolean(true)
        case "config.guestFullName": return .string(template.guestFullName)
        case "guest.toolsRunningStatus": return .string("guestToolsNotRunning")
        case "runtime.host": return .reference(VIReference(type: "HostSystem", id: host.id))
        case "runtime.powerState": return .string("poweredOff")
        default: return nil
        }
    }
}

extension Estate.Entry {
    /// Whether VMware Tools run and tell about the guest.
    var hasTools: Bool { machine.powerState == "POWERED_ON" && scripted[.customization]?.status != 503 }

    /// What `GET …/guest/customization` tells, in this API's words; `nil` if it tells nothing.
    fileprivate func customizationInfo(at now: Timestamp) -> VIValue? {
        struct Answer: Decodable {
            let status: String
            let startTime: String?
            let endTime: String?
            let error: String?
            enum CodingKeys: String, CodingKey {
                case status
                case startTime = "start_time"
                case endTime = "end_time"
                case error
            }
        }
        var members: [(name: String, value: VIValue)] = []
        func note(_ status: String, _ start: VIValue?, _ end: VIValue?, _ error: String?) {
            members.append(("customizationStatus", .string("TOOLSDEPLOYPKG_" + status)))
            if let start { members.append(("startTime", start)) }
            if let end { members.append(("endTime", end)) }
            if let error { members.append(("errorMsg", .string(error))) }
        }
        if let fixed = scripted[.customization] {
            guard fixed.status == 200, let answer = try? JSONDecoder().decode(Answer.self, from: Data(fixed.body))
            else {
                return nil
            }
            note(answer.status, answer.startTime.map { .string($0) }, answer.endTime.map { .string($0) }, answer.error)
        } else if let info = habits[.customization]?.lastCustomization(at: now) {
            let error: String? = if case .text(let text) = info.error { text } else { nil }
            note(info.status.rawValue, info.startTime.map { .date($0) }, info.endTime.map { .date($0) }, error)
        }
        return .structure("GuestInfoCustomizationInfo", members)
    }
}
