import Foundation
import GuestCustomization
import HistoryConfiguration
import TestSupport
import Testing
import VCenterSimulator

@testable import VCenterClient

/// Sessions of VI JSON: shared from 8.0 U3 on, one of its own before.
@Suite struct VISessionMeetingTests {
    @Test(arguments: ["9.0.0.0", "8.0.3.0", "8.0.1.0"])
    func `a session that serves only VI JSON is renewed as often as it ends`(release: String) async throws {
        try await withMetVCenter(
            release,
            adjusting: {
                $0.virtualMachines = 110
                $0.customizationRate = 4
            }
        ) { client, simulated async throws in
            let pages = Taken<EventPage>()
            try await client.readEvents(CustomizationEventType.ofCustomizations, since: EventPosition()) { page in
                pages.add([page])
                simulated.endAllSessions()
            }
            #expect(pages.all.keys == simulated.customizationKeys && pages.all.count > 3)
        }
    }

    @Test(arguments: ["8.0.1.0", "8.0.2.0"])
    func `a login that VI JSON refuses is held back like any other`(release: String) async throws {
        let logins = LoginGate(now: { meetingTime }, clock: .system)
        try await withMetVCenter(release, logins: logins) { client, simulated async throws in
            simulated.inject(.answer(.viFault("InvalidLogin"))) { $0.vimMember == "Login" }
            for _ in 0..<3 {
                do {
                    _ = try await client.eventPages()
                    Issue.record("it was logged in")
                } catch let error as HistoryError {
                    #expect([.loginRefused, .loginJustRefused].contains(error.code))
                }
            }
            #expect(await client.loginRefusal != nil)
            #expect(simulated.activity.requests[.vim] == 1)
        }
        try await withMetVCenter(release, logins: logins) { client, simulated async throws in
            _ = try? await client.virtualMachines()
            // Another password than that of the first vCenter, so another login.
            #expect(simulated.activity.logins == 1)
        }
    }

    @Test(arguments: ["8.0.1.0", "8.0.2.0"])
    func `a full table of sessions is no refused login`(release: String) async throws {
        try await withMetVCenter(release, adjusting: { $0.maximumSessions = 1 }) { client, simulated async throws in
            do {
                _ = try await client.eventPages()
                Issue.record("there was a session")
            } catch let error as HistoryError {
                #expect(error.code == .unreachable)
            }
            #expect(await client.loginRefusal == nil)
        }
    }

    @Test(arguments: ["9.0.0.0", "8.0.1.0"])
    func `the password is asked for once`(release: String) async throws {
        let directory = try TemporaryDirectory()
        let asked = directory.path("asked")
        let source = CredentialSource.passwordCommand(
            user: "op", command: ["sh", "-c", "echo x >> '\(asked)'; echo secret"])
        try await withMetVCenter(
            release, credentials: source,
            adjusting: {
                $0.user = "op"
                $0.password = "secret"
            }
        ) { client, _ async throws in
            _ = try await client.eventPages()
            _ = try await client.attributes()
        }
        #expect(try String(contentsOfFile: asked, encoding: .utf8) == "x\n")
    }

    @Test(.timeLimit(.minutes(1)))
    func `an object that is not destroyed does not hold up the end`() async throws {
        try await withMetVCenter("8.0.3.0") { client, simulated async throws in
            simulated.inject(.neverAnswer) { ["DestroyCollector", "DestroyView"].contains($0.vimMember) }
            #expect(try await client.eventPages().keys == simulated.customizationKeys)
            simulated.removeFaults()
            await client.logOut()
        }
    }
}
