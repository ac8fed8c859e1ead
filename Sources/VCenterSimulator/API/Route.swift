import Foundation
import GuestCustomization

/// What a path stands for. vCenter routes before it authenticates: a path that it does not have is 404 for everyone.
enum Route: Equatable {
    case session
    case virtualMachines
    case hosts
    case folders
    case clusters
    case datacenters
    case version
    case virtualMachine(String)
    case customization(String, Endpoint)
    case none

    /// - Parameter path: without the query, percent-encoded.
    init(path: String) {
        let virtualMachines = "/api/vcenter/vm/"
        guard path.hasPrefix(virtualMachines) else {
            switch path {
            case "/api/session": self = .session
            case "/api/vcenter/vm": self = .virtualMachines
            case "/api/vcenter/host": self = .hosts
            case "/api/vcenter/folder": self = .folders
            case "/api/vcenter/cluster": self = .clusters
            case "/api/vcenter/datacenter": self = .datacenters
            case "/api/appliance/system/version": self = .version
            default: self = .none
            }
            return
        }
        let rest = path.dropFirst(virtualMachines.count).split(separator: "/", omittingEmptySubsequences: false)
        guard let vm = rest.first?.removingPercentEncoding, !vm.isEmpty else {
            self = .none
            return
        }
        switch rest.dropFirst() {
        case []: self = .virtualMachine(vm)
        case ["guest", "customization-live"]: self = .customization(vm, .customizationLive)
        case ["guest", "customization"]: self = .customization(vm, .customization)
        default: self = .none
        }
    }

    /// Methods that the path has.
    var methods: [String] { self == .session ? ["POST", "GET", "DELETE"] : ["GET"] }

    var vm: String? {
        switch self {
        case .virtualMachine(let vm), .customization(let vm, _): vm
        default: nil
        }
    }

    var kind: SimulatedRequest.Kind {
        switch self {
        case .session: .session
        case .virtualMachines: .virtualMachineList
        case .hosts: .hostList
        case .folders: .folderList
        case .clusters: .clusterList
        case .datacenters: .datacenterList
        case .version: .version
        case .virtualMachine: .virtualMachine
        case .customization(_, .customizationLive): .customizationLive
        case .customization(_, .customization): .customization
        case .none: .other
        }
    }
}
