import Foundation
import GuestCustomization
import Testing
import VCenterSimulator

@Suite struct VIMSessionTests {
    private static let content = "ServiceInstance/ServiceInstance/content"

    @Test(arguments: ["8.0.1.0", "8.0.2.0", "8.0.3.0", "9.0.0.0"])
    func `a session of api serves from 8.0 U3 on, one of Login always`(release: String) async throws {
        try await withVCenter {
            $0.apiVersion = release
        } _: { vCenter, client async throws in
            var vim = try await VIMClient.loggedIn(client, release: release)
            let isShared = release >= "8.0.3.0"
            #expect(try await vim.get("EventManager/EventManager/maxCollector").status == (isShared ? 200 : 500))
            vim.token = nil
            let refused = try await vim.call(
                "SessionManager", "SessionManager", "Login", ["userName": vCenter.user, "password": "wrong"])
            #expect(refused.fault == "InvalidLogin")
            let login = try await vim.call(
                "SessionManager", "SessionManager", "Login",
                ["userName": vCenter.user, "password": vCenter.password])
            #expect(login.object["_typeName"] as? String == "UserSession")
            vim.token = login.headers["vmware-api-session-id"]
            #expect(login.body.contains(vim.token ?? "") == false)
            #expect(try await vim.get("EventManager/EventManager/maxCollector").body == "32")
            #expect(try await client.get("/api/vcenter/host", token: vim.token ?? "").status == (isShared ? 200 : 401))
            #expect(try await vim.call("SessionManager", "SessionManager", "Logout").status == 204)
            #expect(try await vim.get("EventManager/EventManager/maxCollector").fault == "NotAuthenticated")
        }
    }

    @Test func `a vCenter answers for its own release and those before it`() async throws {
        try await withVCenter {
            $0.apiVersion = "8.0.2.0"
        } _: { _, client async throws in
            #expect(try await VIMClient(client: client, release: "8.0.2.0").get(Self.content).status == 200)
            #expect(try await VIMClient(client: client, release: "8.0.1.0").get(Self.content).status == 200)
            #expect(try await VIMClient(client: client, release: "9.0.0.0").get(Self.content).status == 404)
        }
        try await withVCenter {
            $0.apiVersion = "8.0.0.1"
        } _: { _, client async throws in
            #expect(try await VIMClient(client: client, release: "8.0.0.1").get(Self.content).status == 404)
        }
    }

    @Test func `hello names the first of the client's releases that the vCenter has`() async throws {
        try await withVCenter {
            $0.apiVersion = "8.0.3.0"
        } _: { _, client async throws in
            let vim = try await VIMClient.loggedIn(client)
            let reply = try await vim.hello(["9.0.0.0", "8.0.2.0", "8.0.3.0"])
            #expect(reply.object["api_release"] as? String == "8.0.2.0")
            #expect(try await vim.hello(["9.0.0.0"]).object["api_release"] as? String == "")
            #expect(try await vim.hello(Array(repeating: "8.0.2.0", count: 129)).errorType == "INVALID_ARGUMENT")
            #expect(try await VIMClient(client: client).hello(["8.0.2.0"]).status == 401)
        }
        try await withVCenter {
            $0.apiVersion = "8.0.1.0"
        } _: { _, client async throws in
            #expect(try await VIMClient.loggedIn(client).hello(["8.0.1.0"]).status == 404)
        }
    }
}
