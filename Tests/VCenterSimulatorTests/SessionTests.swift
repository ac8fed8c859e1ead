import Foundation
import GuestCustomization
import Testing
import VCenterSimulator

@Suite struct SessionTests {
    @Test
    func `a login answers 201 with the token as a JSON string, a logout 204, and the token is then invalid`()
        async throws
    {
        try await withVCenter { vCenter, client in
            let login = try await client.tryToLogIn()
            #expect(login.status == 201)
            let token = try #require(login.json as? String)
            #expect(token.count == 32)
            #expect(try await client.get("/api/vcenter/host", token: token).status == 200)
            #expect(try await client.get("/api/session", token: token).object["user"] as? String == vCenter.user)
            #expect(vCenter.liveSessions == 1)

            #expect(try await client.send("DELETE", "/api/session", token: token).status == 204)
            #expect(try await client.get("/api/vcenter/host", token: token).status == 401)
            #expect(vCenter.liveSessions == 0)
            #expect(vCenter.activity.logins == 1)
            #expect(vCenter.activity.logouts == 1)
        }
    }

    @Test func `user and password are UTF-8, and the password may contain colons`() async throws {
        try await withVCenter {
            $0.user = "jürgen@東京.local"
            $0.password = "pass:wörd::🔑"
        } _: { _, client in
            #expect(try await client.tryToLogIn().status == 201)
            let refused = try await client.tryToLogIn(password: "pass")
            #expect(refused.status == 401)
            #expect(refused.errorType == "UNAUTHENTICATED")
        }
    }

    @Test func `a password that is not given is random`() async throws {
        try await withVCenter { one, client in
            try await withVCenter { other, _ in #expect(one.password != other.password) }
            #expect(try await client.tryToLogIn(password: "").status == 401)
        }
    }

    @Test func `a bearer token logs in if it is accepted`() async throws {
        try await withVCenter {
            $0.bearerToken = "federated"
        } _: { _, client async throws in
            func logIn(_ value: String) async throws -> Int {
                try await client.send("POST", "/api/session", headers: [("Authorization", value)]).status
            }
            #expect(try await logIn("Bearer federated") == 201)
            #expect(try await logIn("Bearer other") == 401)
            #expect(try await logIn("Negotiate federated") == 401)
        }
    }

    @Test func `a request without a session is answered with 401 and a challenge`() async throws {
        try await withVCenter { _, client in
            let reply = try await client.send("GET", "/api/vcenter/vm")
            #expect(reply.status == 401)
            #expect(reply.errorType == "UNAUTHENTICATED")
            #expect((reply.object["challenge"] as? String)?.hasPrefix("Basic realm=") == true)
            #expect(reply.headers["content-type"] == "application/json")
        }
    }

    @Test func `a session expires after idling and after its lifetime, however busy it is`() async throws {
        let clock = SimulatedClock(at: sundayMorning)
        try await withVCenter {
            $0.clock = { clock.now }
            $0.sessionIdleSeconds = 300
            $0.sessionLifeSeconds = 1000
        } _: { vCenter, client in
            let idler = try await client.logIn()
            let busy = try await client.logIn()
            for _ in 0..<4 {
                clock.advance(bySeconds: 250)
                #expect(try await client.get("/api/vcenter/host", token: busy).status == 200)
            }
            #expect(try await client.get("/api/vcenter/host", token: idler).status == 401)
            #expect(vCenter.liveSessions == 1)
            clock.advance(bySeconds: 1)
            #expect(try await client.get("/api/vcenter/host", token: busy).status == 401)
        }
    }

    @Test func `an account has a limited number of sessions, and a further login is answered with 503`() async throws {
        let clock = SimulatedClock(at: sundayMorning)
        try await withVCenter {
            $0.clock = { clock.now }
            $0.maximumSessions = 2
        } _: { vCenter, client in
            _ = try await client.logIn()
            _ = try await client.logIn()
            let third = try await client.tryToLogIn()
            #expect(third.status == 503)
            #expect(third.messageID == "com.vmware.vapi.endpoint.failedToLoginMaxUserSessionCountReached")
            #expect(vCenter.activity.refusedLogins == 1)
            clock.advance(bySeconds: 301)
            #expect(try await client.tryToLogIn().status == 201, "the two idle sessions have made room")
        }
    }

    @Test func `all sessions can be ended at once, as by a restart of the service`() async throws {
        try await withVCenter { vCenter, client in
            let token = try await client.logIn()
            vCenter.endAllSessions()
            #expect(try await client.get("/api/vcenter/host", token: token).status == 401)
            #expect(try await client.get("/api/vcenter/host", token: client.logIn()).status == 200)
        }
    }
}
