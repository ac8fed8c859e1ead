import Foundation
import GuestCustomization

/// The resource at a path. vCenter routes before it authenticates, so an unknown path is 404 for everyone.
enum Route: Equatable {
    case session
    case virtualMachines
    case hosts
    case folders
    case clusters
    case datacenters
    case version
    /// Which release of the vim25 API client and vCenter have in common.
    case hello
    /// A method or a property of the vim25 API, in JSON.
    case vim(VIPath)
    /// The releases of the API that SOAP's clients may choose from.
    case soapVersions
    /// The path of all SOAP requests.
    case soap
    case virtualMachine(String)
    case customization(String, Endpoint)
    case none

    /// - Parameter path: The path without the query, percent-encoded.
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
            case "/api/vcenter/system": self = .hello
            case "/sdk", "/sdk/": self = .soap
            case "/sdk/vimServiceVersions.xml": self = .soapVersions
            default: self = VIPath(path).map { .vim($0) } ?? .none
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

    /// The methods that the path supports.
    var methods: [String] {
        switch self {
        case .session: ["POST", "GET", "DELETE"]
        case .soap, .hello: ["POST"]
        case .vim(let path): [path.isMethod ? "POST" : "GET"]
        default: ["GET"]
        }
    }

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
        case .hello: .hello
        case .vim(let path): path.isServiceContent ? .serviceContent : .vim
        case .soap, .soapVersions: .soap
        case .virtualMachine: .virtualMachine
        case .customization(_, .customizationLive): .customizationLive
        case .customization: .customization
        case .none: .other
        }
    }
}
