import Foundation
import GuestCustomization
import TestSupport
import Testing

@Suite struct AlertmanagerTests {
    @Test func `alerts fire in a real Alertmanager, are kept alive by each run, and resolve on recovery`() async throws
    {
        try await PolledVCenter.with(vms: 2) { polled in
            try await Alertmanager.run(in: polled.directory) { manager in
                let file = try polled.directory.write("alertmanager", manager.url + "\n", mode: 0o600)
                func notify(_ arguments: String...) async throws {
                    let run = try await polled.history(
                        ["notify", "--format", "alertmanager", "--webhook-file", file] + arguments)
                    #expect(run.termination == .exited(0), "\(run.standardError)")
                }
                func fail(_ index: Int, day: Int) throws {
                    try polled.set(
                        index, .failed, start: "2026-11-0\(day)T08:00:00Z", end: "2026-11-0\(day)T08:01:00Z",
                        error: .text("/usr/bin/perl: not found"))
                }
                try fail(1, day: 1)
                try await polled.collect()
                try await notify()
                #expect(try await manager.firing().isEmpty)

                try fail(0, day: 2)
                try await polled.collect()
                try await notify()
                let first = try await manager.firing()
                #expect(first.map { $0["alertname"] } == ["CustomizationFailing"])
                #expect(first.first?["vm"] == polled.vm(0))
                #expect(first.first?["vcenter"] == polled.name)
                // Nothing is new, but the alert has to be kept alive.
                try await notify()
                let again = try await manager.firing()
                #expect(again.count == 1)
                #expect(try #require(again.first?["endsAt"]) > #require(first.first?["endsAt"]))

                try await notify("--silent-after", "1ms")
                #expect(
                    Set(try await manager.firing().compactMap { $0["alertname"] }) == [
                        "CustomizationFailing", "VCenterNotPolled",
                    ])

                for index in 0..<2 {
                    try polled.set(index, .succeeded, start: "2026-11-03T08:00:00Z", end: "2026-11-03T08:01:00Z")
                }
                try await polled.collect()
                try await notify()
                #expect(try await manager.firing().isEmpty)
            }
        }
    }
}
