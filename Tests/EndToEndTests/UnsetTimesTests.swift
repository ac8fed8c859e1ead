import GuestCustomization
import Testing
import VCenterSimulator

@Suite struct UnsetTimesTests {
    @Test func `unset times do not separate customizations and are stored as received`() async throws {
        try await PolledVCenter.with(vms: 2) { polled in
            let body =
                #"{"status":"PENDING","start_time":"1970-01-01T00:00:00.000Z","end_time":"0001-01-01T00:00:00Z"}"#
            try polled.vCenter.setCustomization(json: body, of: polled.vm(0), .customizationLive)
            try polled.set(1, .notAvailable)
            try await polled.collect()
            #expect(try polled.sql("SELECT raw FROM answer WHERE status = 'PENDING'") == [body])
            try polled.set(0, .succeeded, start: "2026-11-01T08:00:00Z", end: "2026-11-01T08:01:00Z")
            try await polled.collect()
            #expect(
                try polled.sql(
                    "SELECT outcome, start_time, duration_seconds, polls FROM customization_history")
                    == ["succeeded|2026-11-01T08:00:00.000Z|60.0|2"])
            #expect(
                try polled.sql("SELECT DISTINCT start_time FROM poll_history WHERE status = 'PENDING'") == [""])
        }
    }
}
