import Foundation
import NIOHTTP1

/// A request as received, for rules that choose which requests meet a fault.
package struct SimulatedRequest: Sendable {
    /// The requested operation of vCenter, whatever the method.
    package enum Kind: String, CaseIterable, Sendable {
        case session
        case virtualMachineList
        case hostList
        case folderList
        case clusterList
        case datacenterList
        case virtualMachine
        case customizationLive
        case customization
        case version
        case serviceContent
        case hello
        case vim
        case soap
        case other
    }

    /// HTTP method.
    package let method: String
    /// Path and query, as received.
    package let target: String
    /// The VM's id, in a request about one VM.
    package var vm: String? { route.vm }
    /// The requested operation.
    package var kind: Kind { route.kind }
    /// The method or property of the vim25 API, such as `ReadNextEvents`, in a request of VI JSON.
    package var vimMember: String? {
        if case .vim(let path) = route { path.member } else { nil }
    }
    /// Empty if there is none.
    package let body: [UInt8]

    let route: Route
    let isKeepAlive: Bool
    private let headers: HTTPHeaders

    init(head: HTTPRequestHead, body: [UInt8]) {
        method = head.method.rawValue
        target = head.uri
        headers = head.headers
        isKeepAlive = head.isKeepAlive
        self.body = body
        route = Route(path: String(head.uri.prefix { $0 != "?" }))
    }

    /// The first header with this name, in any case.
    package func header(_ name: String) -> String? {
        headers.first(name: name)
    }

    /// All headers, in order.
    var headerFields: [(name: String, value: String)] { headers.map { ($0.name, $0.value) } }

    /// All headers, as `name: value`.
    var headerLines: [String] { headerFields.map { "\($0.name): \($0.value)" } }

    /// The query's values by name, in order.
    package var query: [String: [String]] {
        guard let start = target.firstIndex(of: "?") else { return [:] }
        var values: [String: [String]] = [:]
        for item in target[target.index(after: start)...].split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                $0.replacing("+", with: " ").removingPercentEncoding ?? String($0)
            }
            values[parts[0], default: []].append(parts.count > 1 ? parts[1] : "")
        }
        return values
    }
}
