import Foundation
import GuestCustomization
import Testing
import VCenterSimulator

/// The simulated vCenter and our requests, checked with implementations of the protocol that others wrote.
@Suite struct PeerTests {
    /// One call of the binding and its result.
    private struct Call {
        var words: [Any]

        init(_ words: Any...) { self.words = words }
    }

    /// Makes these calls of Broadcom's binding in order, in a session of their own.
    private func binding(_ calls: [Call], on polled: PolledVCenter, password: String? = nil) async throws -> [[String:
        Any]]
    {
        let order: [String: Any] = [
            "url": polled.vCenter.url, "ca": polled.directory.path("ca.pem"), "user": polled.vCenter.user,
            "password": password ?? polled.vCenter.password, "calls": calls.map(\.words),
        ]
        let output = try await PeerProgram(name: "vmware_binding").run(
            on: JSONSerialization.data(withJSONObject: order), in: polled.directory)
        return try #require(try JSONSerialization.jsonObject(with: output) as? [[String: Any]])
    }

    @Test func `Broadcom's binding logs in, reads its session and ends it`() async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            let answers = try await binding(
                [
                    Call("VM", "list"), Call("Session", "create"), Call("Session", "get"), Call("Session", "delete"),
                    Call("Session", "get"),
                ], on: polled)
            #expect(answers[0]["error"] as? String == "Unauthenticated")
            #expect(answers[1]["ok"] as? String == "a token")
            #expect((answers[2]["ok"] as? [String: Any])?["user"] as? String == polled.vCenter.user)
            #expect(answers[3].keys.contains("ok"))
            #expect(answers[4]["error"] as? String == "Unauthenticated")
            let refused = try await binding([Call("Session", "create")], on: polled, password: "wrong")
            #expect(refused[0]["error"] as? String == "Unauthenticated")
        }
    }

    @Test func `Broadcom's binding lists the VMs that each filter selects`() async throws {
        try await PolledVCenter.with(vms: 120) { polled in
            let machines = polled.vCenter.virtualMachines
            let some = machines[7]
            let filters: [(Any, (SimulatedVirtualMachine) -> Bool)] = [
                ([String: Any](), { _ in true }),
                (["vms": [some.id, machines[9].id]], { $0.id == some.id || $0.id == machines[9].id }),
                (["names": [some.name]], { $0.name == some.name }),
                (["folders": [some.folder]], { $0.folder == some.folder }),
                (["datacenters": [some.host.datacenter]], { $0.host.datacenter == some.host.datacenter }),
                (["hosts": [some.host.id]], { $0.host.id == some.host.id }),
                (["clusters": [some.host.cluster]], { $0.host.cluster == some.host.cluster }),
                (["resource_pools": [some.host.resourcePool]], { $0.host.resourcePool == some.host.resourcePool }),
                (["power_states": ["POWERED_OFF", "SUSPENDED"]], { $0.powerState != "POWERED_ON" }),
            ]
            let answers = try await binding(
                [Call("Session", "create")] + filters.map { Call("VM", "list", $0.0) } + [Call("Session", "delete")],
                on: polled)
            for ((filter, matches), answer) in zip(filters, answers.dropFirst()) {
                let listed = (answer["ok"] as? [[String: Any]])?.compactMap { $0["vm"] as? String }
                #expect(listed == machines.filter(matches).map(\.id), "\(filter)")
            }
        }
    }

    @Test func `Broadcom's binding reads the inventory used by filters`() async throws {
        try await PolledVCenter.with(vms: 120) { polled in
            let answers = try await binding(
                [
                    Call("Session", "create"), Call("Host", "list", [String: Any]()),
                    Call("Folder", "list", ["type": "VIRTUAL_MACHINE"]), Call("Cluster", "list", [String: Any]()),
                    Call("Datacenter", "list", [String: Any]()), Call("Session", "delete"),
                ], on: polled)
            func ids(_ answer: Int, _ kind: String) -> Set<String> {
                Set((answers[answer]["ok"] as? [[String: Any]])?.compactMap { $0[kind] as? String } ?? [])
            }
            #expect(ids(1, "host") == Set(polled.vCenter.hosts.map(\.id)))
            #expect(
                ids(2, "folder") == Set(polled.vCenter.folders.filter { $0.type == .virtualMachine }.map(\.id)))
            #expect(ids(3, "cluster") == Set(polled.vCenter.hosts.map(\.cluster)))
            #expect(ids(4, "datacenter") == Set(polled.vCenter.hosts.map(\.datacenter)))
        }
    }

    @Test func `Broadcom's binding reads a VM and both of its customizations`() async throws {
        try await PolledVCenter.with(vms: 4) { polled in
            let message = LocalizableMessage(
                id: "com.vmware.x.failed", defaultMessage: "It failed on web.", args: ["web"],
                params: ["vm": LocalizationParam(.string("web"))], localized: "Es schlug fehl.")
            try polled.set(
                0, .failed, start: "2026-11-01T08:00:00Z", end: "2026-11-01T08:01:30.250Z", error: .message(message))
            try polled.set(1, .notAvailable)
            try polled.set(
                2, .failed, start: "2026-11-01T08:00:00Z", end: "2026-11-01T08:01:00Z", error: .text("no Perl"),
                endpoint: .customization)
            try polled.set(3, .pending, endpoint: .customization)
            let answers = try await binding(
                [
                    Call("Session", "create"), Call("VM", "get", polled.vm(0)),
                    Call("CustomizationLive", "get", polled.vm(0)), Call("CustomizationLive", "get", polled.vm(1)),
                    Call("Customization", "get", polled.vm(2)), Call("Customization", "get", polled.vm(3)),
                    Call("Session", "delete"),
                ], on: polled
            ).map { $0["ok"] as? [String: Any] }
            let machine = polled.vCenter.virtualMachines[0]
            #expect(answers[1]?["name"] as? String == machine.name)
            #expect((answers[1]?["identity"] as? [String: Any])?["instance_uuid"] as? String == machine.instanceUUID)
            #expect(answers[2]?["status"] as? String == "FAILED")
            #expect(answers[2]?["end_time"] as? String == "2026-11-01T08:01:30.250Z")
            let error = answers[2]?["error"] as? [String: Any]
            #expect(error?["id"] as? String == message.id)
            #expect(error?["localized"] as? String == message.localized)
            #expect(answers[3]?["status"] as? String == "NOT_AVAILABLE")
            #expect(answers[4]?["error"] as? String == "no Perl")
            #expect(answers[5]?["status"] as? String == "PENDING")
        }
    }

    @Test func `Broadcom's binding knows every error class of the simulator`() async throws {
        try await PolledVCenter.with(vms: 8, adjusting: { $0.virtualMachineLimit = 5 }) { polled in
            let (denied, busy, slow) = (polled.vm(0), polled.vm(1), polled.vm(2))
            try polled.vCenter.setAccess(to: denied, isDenied: true)
            polled.vCenter.inject(.answer(.serviceUnavailable())) { $0.vm == busy }
            polled.vCenter.inject(.answer(.timedOut)) { $0.vm == slow }
            let answers = try await binding(
                [
                    Call("Session", "create"), Call("CustomizationLive", "get", denied),
                    Call("CustomizationLive", "get", "vm-9"), Call("Customization", "get", "vm-9"),
                    Call("CustomizationLive", "get", busy), Call("VM", "list", [String: Any]()),
                    Call("VM", "get", "vm-9"), Call("VM", "get", slow),
                    Call("Folder", "list", ["type": "NO_SUCH_TYPE"]), Call("Session", "delete"),
                ], on: polled)
            #expect(
                answers.map { $0["error"] as? String } == [
                    nil, "Unauthorized", "NotFound", "NotFound", "ServiceUnavailable", "UnableToAllocateResource",
                    "NotFound", "TimedOut", "InvalidArgument", nil,
                ])
        }
    }

    @Test func `pyvmomi reads the vCenter's identity without a session`() async throws {
        for release in ["9.0.0.0", "7.0.3.0"] {
            try await PolledVCenter.with(vms: 1, adjusting: { $0.apiVersion = release }) { polled in
                let order: [String: Any] = ["port": polled.vCenter.port, "ca": polled.directory.path("ca.pem")]
                let output = try await PeerProgram(name: "pyvmomi_about").run(
                    on: JSONSerialization.data(withJSONObject: order), in: polled.directory)
                let about = try #require(try JSONSerialization.jsonObject(with: output) as? [String: String])
                #expect(about["instanceUuid"] == polled.vCenter.instanceUUID)
                #expect(about["apiType"] == "VirtualCenter")
                #expect(about["rootFolder"] == "group-d1")
            }
        }
    }

    @Test func `pyvmomi reads the same events as VI JSON tells`() async throws {
        for release in ["9.0.0.0", "8.0.1.0", "7.0.3.0"] {
            try await PolledVCenter.with(
                vms: 60,
                adjusting: {
                    $0.apiVersion = release
                    $0.eventsKeptSeconds = 30 * 86_400
                }
            ) { polled in
                let types = [
                    "CustomizationStartedEvent", "CustomizationSucceeded", "CustomizationFailed",
                    "CustomizationLinuxIdentityFailed", "CustomizationNetworkSetupFailed",
                    "CustomizationSysprepFailed", "CustomizationUnknownFailure",
                ]
                let order: [String: Any] = [
                    "port": polled.vCenter.port, "ca": polled.directory.path("ca.pem"), "user": polled.vCenter.user,
                    "password": polled.vCenter.password, "types": types, "begin": "2020-01-01T00:00:00Z",
                ]
                let output = try await PeerProgram(name: "pyvmomi_events").run(
                    on: JSONSerialization.data(withJSONObject: order), in: polled.directory)
                let told = try #require(try JSONSerialization.jsonObject(with: output) as? [[String: Any]])
                let events = polled.vCenter.events.filter { types.contains($0.type) }.suffix(1000)
                #expect(told.count > 100 && told.count == events.count)
                for (one, other) in zip(told, events) {
                    #expect(one["key"] as? Int == other.key)
                    #expect((one["type"] as? String).map { other.type.hasSuffix($0) } == true)
                    #expect(one["vm"] as? String == other.vm?.id)
                    #expect(one["host"] as? String == other.host?.id)
                    #expect(one["message"] as? String == other.message)
                    #expect(one["logLocation"] as? String == other.logLocation)
                    #expect(one["reason"] as? String == other.reason)
                    #expect(one["createdTime"] as? Double == Double(other.createdTime.unixMilliseconds) / 1000)
                }
                #expect(polled.vCenter.liveSessions == 0)
            }
        }
    }

    /// How many exchanges of each operation conform to the API's documents; throws if one does not.
    private func validated(_ polled: PolledVCenter) async throws -> [String: Int] {
        let lines = try polled.vCenter.exchanges.map { exchange in
            try JSONSerialization.data(withJSONObject: [
                "method": exchange.method, "target": exchange.target,
                "request_headers": exchange.requestHeaders.map { [$0.name, $0.value] },
                "request_body": Data(exchange.requestBody).base64EncodedString(), "status": exchange.status,
                "response_body": Data(exchange.responseBody).base64EncodedString(),
            ])
        }
        let output = try await PeerProgram(name: "validate_exchanges").run(
            on: Data(lines.joined(separator: Data("\n".utf8))), in: polled.directory)
        return try #require(try JSONSerialization.jsonObject(with: output) as? [String: Int])
    }

    @Test func `every answer of VI JSON conforms to its document`() async throws {
        for release in ["9.0.0.0", "8.0.1.0"] {
            try await PolledVCenter.with(
                vms: 60,
                adjusting: {
                    $0.apiVersion = release
                    $0.recordsExchanges = true
                }
            ) { polled in
                polled.vCenter.setUnauthenticated([polled.vm(3)])
                let order: [String: Any] = [
                    "url": polled.vCenter.url, "ca": polled.directory.path("ca.pem"), "user": polled.vCenter.user,
                    "password": polled.vCenter.password, "release": release,
                ]
                _ = try await PeerProgram(name: "walk_vi_json").run(
                    on: JSONSerialization.data(withJSONObject: order), in: polled.directory)
                let counts = try await validated(polled)
                for operation in [
                    "POST /SessionManager/{moId}/Login 500", "POST /SessionManager/{moId}/Login 200",
                    "POST /EventManager/{moId}/QueryEvents 200", "POST /EventManager/{moId}/QueryEvents 500",
                    "POST /EventHistoryCollector/{moId}/ReadNextEvents 200",
                    "POST /EventHistoryCollector/{moId}/DestroyCollector 204",
                    "POST /EventHistoryCollector/{moId}/DestroyCollector 500",
                    "POST /PropertyCollector/{moId}/ContinueRetrievePropertiesEx 200",
                    "POST /PropertyCollector/{moId}/CancelRetrievePropertiesEx 204",
                    "POST /ContainerView/{moId}/DestroyView 204", "POST /SessionManager/{moId}/Logout 204",
                ] {
                    #expect(counts[operation, default: 0] > 0, "\(operation) is not among \(counts)")
                }
            }
        }
    }

    @Test func `every request and answer of a pass conforms to the API reference`() async throws {
        try await PolledVCenter.with(
            vms: 230,
            adjusting: {
                $0.recordsExchanges = true
                $0.virtualMachineLimit = 100
            }
        ) { polled in
            try polled.vCenter.setAccess(to: polled.vm(3), isDenied: true)
            let gone = polled.vm(4)
            polled.vCenter.inject(.endAllSessions, times: 1) { $0.kind == .customization }
            try polled.directory.write("password", polled.vCenter.password + "\n")
            let configuration = """
                vcenters:
                  - url: \(polled.vCenter.url)
                    username: \(polled.vCenter.user)
                    password_file: password
                    ca_certificates: ca.pem
                    endpoints: both
                    filters: {folders: [vm, Linux], clusters: [Compute 7, Compute 8], power_states: [powered_on], names: ['*']}
                """
            try polled.directory.write("config.yaml", configuration)
            // Of a few VMs, each is asked for its identity; of all, all are told at once.
            try await polled.collect("--vm", polled.vm(0))
            try await polled.collect("--endpoint", "both")
            try polled.vCenter.removeVirtualMachine(gone)
            #expect(
                try await polled.history("collect", "--config", "config.yaml", environment: ["GOVC_URL": ""])
                    .termination
                    == .exited(0))
            let exchanges = polled.vCenter.exchanges
            let counts = try await validated(polled)
            // The exchanges that the pass must contain: a validator that sees nothing must not succeed.
            for operation in [
                "POST /session 201", "DELETE /session 204", "GET /vcenter/vm 200", "GET /vcenter/vm 500",
                "GET /vcenter/host 200", "GET /vcenter/folder 200", "GET /vcenter/cluster 200",
                "GET /vcenter/vm/{vm} 200", "GET /vcenter/vm/{vm}/guest/customization-live 200",
                "GET /vcenter/vm/{vm}/guest/customization-live 403", "GET /vcenter/vm/{vm}/guest/customization 200",
                "GET /vcenter/vm/{vm}/guest/customization 401",
            ] {
                #expect(counts[operation, default: 0] > 0, "\(operation) is not among \(counts)")
            }
            #expect(
                counts.values.reduce(0, +)
                    == exchanges.count { !$0.target.hasPrefix("/sdk") || $0.target.hasPrefix("/sdk/vim25/") })
        }
    }
}
