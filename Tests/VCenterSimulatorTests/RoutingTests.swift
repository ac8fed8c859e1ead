import GuestCustomization
import Testing
import VCenterSimulator

@Suite struct RoutingTests {
    @Test(arguments: [
        "/", "/api/vcenter/nothing", "/api/vcenter/vm/", "/api/vcenter/vm/vm-1001/guest", "/rest/vcenter/vm",
        "/api/vcenter/vm/vm-1001/guest/customization-live/more",
    ])
    func `an unknown path is 404 before authentication`(path: String) async throws {
        try await withVCenter { _, client in
            let reply = try await client.send("GET", path)
            #expect(reply.status == 404)
            #expect(reply.errorType == "NOT_FOUND")
            #expect(reply.messageID == "com.vmware.vapi.rest.httpNotFound")
        }
    }

    @Test func `an unsupported method is 405 with the supported ones`() async throws {
        try await withVCenter { _, client async throws in
            #expect(try await client.send("PUT", "/api/session").headers["allow"] == "POST, GET, DELETE")
            #expect(try await client.send("POST", "/api/vcenter/vm").status == 405)
        }
    }

    @Test(arguments: [
        ("9.0.0.0", Endpoint.customizationLive, 401), ("9.1", .customizationLive, 401),
        ("8.0.3", .customizationLive, 404),
        ("8.0.3", .customization, 401), ("7.0.0", .customization, 401), ("6.7", .customization, 404),
    ])
    func `an unauthenticated probe shows which releases have an endpoint`(
        version: String, endpoint: Endpoint, status: Int
    ) async throws {
        try await withVCenter {
            $0.apiVersion = version
        } _: { _, client in
            let reply = try await client.send("GET", "/api/vcenter/vm/vm-1001/guest/\(endpoint.rawValue)")
            #expect(reply.status == status)
            #expect((reply.messageID == "com.vmware.vapi.rest.httpNotFound") == (status == 404))
        }
    }

    @Test func `the version can be requested unless the account is denied it`() async throws {
        try await withVCenter {
            $0.apiVersion = "8.0.3.00100"
        } _: { _, client in
            let reply = try await client.get("/api/appliance/system/version", token: client.logIn())
            #expect(reply.object["version"] as? String == "8.0.3.00100")
            #expect(reply.object["product"] as? String == "VMware vCenter Server")
        }
        try await withVCenter {
            $0.refusesVersion = true
        } _: { _, client in
            let reply = try await client.get("/api/appliance/system/version", token: client.logIn())
            #expect(reply.status == 403)
            #expect(reply.errorType == "UNAUTHORIZED")
        }
    }

    @Test func `the Date header follows the vCenter's clock`() async throws {
        try await withVCenter { _, client async throws in
            #expect(try await client.send("GET", "/api/session").headers["date"] == "Sun, 01 Nov 2026 08:00:00 GMT")
        }
    }
}
