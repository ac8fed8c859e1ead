import Foundation
import GuestCustomization
import Testing
import VCenterSimulator

@Suite struct ServiceContentTests {
    private static let path = "/sdk/vim25/8.0.1.0/ServiceInstance/ServiceInstance/content"

    private func about(_ client: TLSClient) async throws -> [String: Any] {
        let reply = try await client.send("GET", Self.path)
        #expect(reply.status == 200)
        return try #require(reply.object["about"] as? [String: Any])
    }

    @Test func `any client gets the instance UUID in JSON from 8.0 U1 on`() async throws {
        try await withVCenter {
            $0.instanceUUID = "11111111-1111-4111-8111-111111111111"
        } _: { vCenter, client async throws in
            #expect(try await about(client)["instanceUuid"] as? String == vCenter.instanceUUID)
            #expect(vCenter.instanceUUID == "11111111-1111-4111-8111-111111111111")
        }
        try await withVCenter {
            $0.apiVersion = "8.0.0.1"
        } _: { _, client async throws in
            #expect(try await client.send("GET", Self.path).status == 404)
        }
    }

    @Test func `two vCenters have different UUIDs, and one restarted at its port keeps its own`() async throws {
        var first = ""
        var port = 0
        try await withVCenter { vCenter, _ async throws in (first, port) = (vCenter.instanceUUID, vCenter.port) }
        #expect(UUID(uuidString: first) != nil)
        try await withVCenter {
            $0.port = port
        } _: { vCenter, _ async throws in
            #expect(vCenter.instanceUUID == first)
            try await withVCenter { other, _ async throws in #expect(other.instanceUUID != first) }
        }
    }
}
