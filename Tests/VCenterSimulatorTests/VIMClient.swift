import AsyncHTTPClient
import Foundation
import NIOCore
import VCenterSimulator

/// Requests of VI JSON.
struct VIMClient {
    let client: TLSClient
    var release = "9.0.0.0"
    var token: String?

    /// A client with a session of its own.
    static func loggedIn(_ client: TLSClient, release: String = "9.0.0.0") async throws -> VIMClient {
        VIMClient(client: client, release: release, token: try await client.logIn())
    }

    /// Calls a method with a body as it is.
    func post(_ path: String, body: String) async throws -> TLSClient.Reply {
        try await post(to: "/sdk/vim25/\(release)/\(path)", body: body)
    }

    /// Asks which release client and vCenter have in common.
    func hello(_ releases: [String]) async throws -> TLSClient.Reply {
        let body = try JSONSerialization.data(withJSONObject: ["api_releases": releases])
        return try await post(to: "/api/vcenter/system?action=hello", body: String(decoding: body, as: UTF8.self))
    }

    private func post(to path: String, body: String) async throws -> TLSClient.Reply {
        var request = HTTPClientRequest(url: "https://localhost:\(client.vCenter.port)\(path)")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        if let token { request.headers.add(name: "vmware-api-session-id", value: token) }
        request.body = .bytes(ByteBuffer(string: body))
        let response = try await client.http.execute(request, timeout: .seconds(60))
        let body = try await response.body.collect(upTo: 1 << 23)
        return TLSClient.Reply(
            status: Int(response.status.code),
            headers: Dictionary(
                response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first }),
            body: String(buffer: body))
    }

    func get(_ path: String) async throws -> TLSClient.Reply {
        try await client.send("GET", "/sdk/vim25/\(release)/\(path)", token: token)
    }

    /// Calls a method of an object, whose id it percent-encodes.
    func call(_ type: String, _ id: String, _ method: String, _ arguments: [String: Any] = [:]) async throws
        -> TLSClient.Reply
    {
        let encoded = id.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let body = try JSONSerialization.data(withJSONObject: arguments)
        return try await post("\(type)/\(encoded)/\(method)", body: String(decoding: body, as: UTF8.self))
    }

    static let types = [
        "CustomizationStartedEvent", "CustomizationSucceeded", "CustomizationFailed",
        "CustomizationLinuxIdentityFailed",
        "CustomizationNetworkSetupFailed", "CustomizationSysprepFailed", "CustomizationUnknownFailure",
    ]

    static func filter(_ maximumCount: Int = 1000, types: [String] = types) -> [String: Any] {
        [
            "_typeName": "EventFilterSpec", "disableFullMessage": false, "eventTypeId": types, "maxCount": maximumCount,
            "time": ["_typeName": "EventFilterSpecByTime", "beginTime": "2026-01-01T00:00:00Z"],
        ]
    }

    /// A page of events with keys after one.
    func events(after key: Int, _ maximumCount: Int = 1000, types: [String] = types) async throws -> TLSClient.Reply {
        try await call(
            "EventManager", "EventManager", "QueryEvents",
            [
                "filter": Self.filter(maximumCount, types: types),
                "eventViewSpec": [
                    "_typeName": "EventManagerViewByStartId", "startEventId": key, "isForward": true,
                ],
            ])
    }

    /// A new collector's id.
    func collector() async throws -> TLSClient.Reply {
        try await call("EventManager", "EventManager", "CreateCollectorForEvents", ["filter": Self.filter()])
    }

    func read(_ collector: String, _ maximumCount: Int = 1000) async throws -> TLSClient.Reply {
        try await call("EventHistoryCollector", collector, "ReadNextEvents", ["maxCount": maximumCount])
    }

    /// A new view's id.
    func view(of type: String) async throws -> String {
        let root = ["_typeName": "ManagedObjectReference", "type": "Folder", "value": "group-d1"]
        let reply = try await call(
            "ViewManager", "ViewManager", "CreateContainerView",
            ["container": root, "type": [type], "recursive": true])
        return reply.object["value"] as? String ?? ""
    }

    func properties(_ paths: [String], of type: String, view: String, _ maximumCount: Int = 1000) async throws
        -> TLSClient.Reply
    {
        let traversal: [String: Any] = [
            "_typeName": "TraversalSpec", "name": "v", "type": "ContainerView", "path": "view", "skip": false,
        ]
        let object: [String: Any] = [
            "_typeName": "ObjectSpec", "skip": true, "selectSet": [traversal],
            "obj": ["_typeName": "ManagedObjectReference", "type": "ContainerView", "value": view],
        ]
        let property: [String: Any] = ["_typeName": "PropertySpec", "type": type, "all": false, "pathSet": paths]
        return try await call(
            "PropertyCollector", "propertyCollector", "RetrievePropertiesEx",
            [
                "specSet": [["_typeName": "PropertyFilterSpec", "propSet": [property], "objectSet": [object]]],
                "options": ["_typeName": "RetrieveOptions", "maxObjects": maximumCount],
            ])
    }
}

extension TLSClient.Reply {
    /// The class of a fault.
    var fault: String? { status == 500 ? object["_typeName"] as? String : nil }
}
