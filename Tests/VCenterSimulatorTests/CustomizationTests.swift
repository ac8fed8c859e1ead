import Foundation
import GuestCustomization
import Testing
import VCenterSimulator

@Suite struct CustomizationTests {
    @Test(arguments: Endpoint.polled)
    func `a VM's answer on the wire equals its history by seed and clock`(endpoint: Endpoint) async throws {
        let clock = SimulatedClock(at: sundayMorning)
        try await withVCenter {
            $0.clock = { clock.now }
            $0.sessionIdleSeconds = .infinity
            $0.sessionLifeSeconds = .infinity
        } _: { vCenter, client in
            let token = try await client.logIn()
            var statuses: Set<String> = []
            for _ in 0..<24 {
                clock.advance(bySeconds: 4000)
                for machine in vCenter.virtualMachines {
                    let truth = try #require(vCenter.lastCustomization(of: machine.id, endpoint, at: clock.now))
                    let reply = try await client.lastCustomization(of: machine.id, endpoint, token: token)
                    #expect(reply.status == 200)
                    #expect(reply.object["status"] as? String == truth.status.rawValue)
                    #expect(reply.object["start_time"] as? String == truth.startTime?.rfc3339)
                    #expect(reply.object["end_time"] as? String == truth.endTime?.rfc3339)
                    let error = (reply.object["error"] as? [String: Any])?["default_message"] ?? reply.object["error"]
                    #expect(error as? String == truth.error?.text)
                    statuses.insert(truth.status.rawValue)
                }
            }
            let unused = endpoint == .customizationLive ? "NOT_AVAILABLE" : "IDLE"
            #expect(statuses.isSuperset(of: [unused, "RUNNING", "SUCCEEDED", "FAILED"]))
        }
    }

    @Test func `optional properties without a value are missing for some VMs and null for others`() async throws {
        try await withVCenter { vCenter, client in
            let token = try await client.logIn()
            var forms: Set<String> = []
            for machine in vCenter.virtualMachines {
                let reply = try await client.lastCustomization(of: machine.id, token: token)
                guard reply.object["status"] as? String == "NOT_AVAILABLE" else { continue }
                forms.insert(reply.body)
            }
            #expect(
                forms == [
                    #"{"status":"NOT_AVAILABLE"}"#,
                    #"{"status":"NOT_AVAILABLE","start_time":null,"end_time":null,"error":null}"#,
                ])
        }
    }

    @Test func `an unknown VM is 404 and one without System.View 403, and neither has the message of a missing path`()
        async throws
    {
        try await withVCenter { vCenter, client in
            let token = try await client.logIn()
            let gone = try await client.lastCustomization(of: "vm-9", token: token)
            #expect(gone.status == 404)
            #expect(gone.errorType == "NOT_FOUND")
            #expect(gone.messageID != "com.vmware.vapi.rest.httpNotFound")

            try vCenter.setAccess(to: "vm-1002", isDenied: true)
            let denied = try await client.lastCustomization(of: "vm-1002", token: token)
            #expect(denied.status == 403)
            #expect(denied.errorType == "UNAUTHORIZED")
            #expect(try await client.lastCustomization(of: "vm-1003", token: token).status == 200)
        }
    }

    @Test func `every kind of message value has the API's form on the wire`() async throws {
        let message = LocalizableMessage(
            id: "a.b", defaultMessage: "Line\nand \"quote\" \u{7}", args: ["x", "é"],
            params: [
                "s": .init(.string("text")), "dt": .init(.dateTime("2026-11-01T08:00:00.123Z"), format: "SHORT_DATE"),
                "i": .init(.integer(.max)), "d": .init(.double(0.75), precision: 2),
                "l": .init(.message(.init(id: "inner", params: ["deep": .init(.message(.init(id: "innermost")))]))),
            ], localized: "lokal")
        try await withVCenter { vCenter, client in
            try vCenter.setCustomization(
                CustomizationInfo(status: .failed, startTime: sundayMorning, error: .message(message)), of: "vm-1001",
                .customizationLive)
            let reply = try await client.lastCustomization(of: "vm-1001", token: client.logIn())
            #expect(
                reply.body
                    == #"{"status":"FAILED","start_time":"2026-11-01T08:00:00.000Z","error":{"id":"a.b","#
                    + #""default_message":"Line\u000aand \"quote\" \u0007","args":["x","é"],"params":{"d":{"d":7.5E-01,"#
                    + #""precision":2},"dt":{"dt":"2026-11-01T08:00:00.123Z","format":"SHORT_DATE"},"i":{"i":9223372036854775807},"#
                    + #""l":{"l":{"id":"inner","params":{"deep":{"l":{"id":"innermost"}}}}},"s":{"s":"text"}},"localized":"lokal"}}"#
            )
            #expect(reply.json != nil)
        }
    }

    @Test func `a test can set a VM's answer on one endpoint, even to nonsense, and reset it`() async throws {
        try await withVCenter { vCenter, client in
            let token = try await client.logIn()
            let itself = try await client.lastCustomization(of: "vm-1001", token: token).body
            let older = try await client.lastCustomization(of: "vm-1001", .customization, token: token).body
            try vCenter.setCustomization(json: #"{"status": nonsense"#, of: "vm-1001", .customizationLive)
            #expect(try await client.lastCustomization(of: "vm-1001", token: token).body == #"{"status": nonsense"#)
            #expect(try await client.lastCustomization(of: "vm-1001", .customization, token: token).body == older)
            try vCenter.setCustomization(nil, of: "vm-1001", .customizationLive)
            #expect(try await client.lastCustomization(of: "vm-1001", token: token).body == itself)
            #expect(throws: NoSuchVirtualMachine.self) { try vCenter.setCustomization(nil, of: "vm-9", .customization) }
        }
    }

    @Test func `VMs are added, removed, moved and renamed while the vCenter runs`() async throws {
        try await withVCenter { vCenter, client in
            let token = try await client.logIn()
            func names() async throws -> [String] {
                try await client.get("/api/vcenter/vm", token: token).array.compactMap { $0["name"] as? String }
            }
            let new = vCenter.addVirtualMachine(named: "new", powerState: "POWERED_OFF", guest: .windows)
            #expect(try await names().last == "new")
            try vCenter.renameVirtualMachine(new.id, to: "renamed")
            #expect(try await names().last == "renamed")
            let target = try #require(vCenter.hosts.first { $0.id != new.host.id })
            try vCenter.moveVirtualMachine(new.id, to: target)
            #expect(
                try await client.get("/api/vcenter/vm?hosts=\(target.id)&vms=\(new.id)", token: token).array.count == 1)
            try vCenter.removeVirtualMachine(new.id)
            #expect(try await names().count == 50)
            #expect(throws: NoSuchVirtualMachine.self) { try vCenter.removeVirtualMachine(new.id) }
        }
    }

    @Test func `IDLE is not answered before 7.0.3`() async throws {
        for (version, hasIdle) in [("7.0.0", false), ("7.0.3", true), ("8.0.3", true)] {
            try await withVCenter {
                $0.apiVersion = version
            } _: { vCenter, client in
                let token = try await client.logIn()
                var statuses: Set<String> = []
                for machine in vCenter.virtualMachines {
                    let reply = try await client.lastCustomization(of: machine.id, .customization, token: token)
                    statuses.insert(reply.object["status"] as? String ?? "")
                }
                #expect(statuses.contains("IDLE") == hasIdle)
            }
        }
    }
}
