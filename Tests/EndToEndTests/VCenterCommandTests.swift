import Foundation
import GRDB
import GuestCustomization
import TestSupport
import Testing
import VCenterSimulator

@Suite struct VCenterCommandTests {
    private struct Listed: Decodable {
        struct VCenter: Decodable {
            var name: String
            var instance_uuid: String?
            var addresses: [String]
            var virtual_machines, runs: Int
            var first_run_at, last_run_at: String?
        }
        var format: String
        var vcenters: [VCenter]
    }

    private func listed(_ polled: PolledVCenter) async throws -> [Listed.VCenter] {
        let run = try await polled.history("vcenter", "list", "--format", "json")
        #expect(run.termination == .exited(0))
        let list = try JSONDecoder().decode(Listed.self, from: Data(run.standardOutputBytes))
        #expect(list.format == "customization-history/vcenters/1")
        return list.vcenters
    }

    /// One vCenter that the history contains twice, as `a` and as `b`: its UUID was not available in the first run.
    private func withTwice(_ body: (PolledVCenter) async throws -> Void) async throws {
        try await PolledVCenter.with { polled in
            try polled.set(0, .running, start: "2026-11-01T08:00:00Z")
            polled.vCenter.inject(.answer(404)) { $0.kind == .serviceContent || $0.kind == .soap }
            try await polled.collect()
            #expect(try await polled.history("vcenter", "rename", polled.name, "a").termination == .exited(0))
            try polled.change("DELETE FROM vcenter_address")
            polled.vCenter.removeFaults()
            try polled.set(0, .succeeded, start: "2026-11-01T08:00:00Z", end: "2026-11-01T08:01:00Z")
            try await polled.collect()
            #expect(try await polled.history("vcenter", "rename", polled.name, "b").termination == .exited(0))
            #expect(try polled.sql("SELECT name FROM vcenter ORDER BY name") == ["a", "b"])
            try await body(polled)
        }
    }

    @Test func `list shows each vCenter with its addresses and what is recorded of it`() async throws {
        try await PolledVCenter.with { polled in
            try await polled.collect()
            _ = try await polled.history(
                "collect", environment: ["GOVC_URL": "https://127.0.0.1:\(polled.vCenter.port)"])
            let vCenters = try await listed(polled)
            #expect(vCenters.map(\.name) == [polled.name])
            #expect(vCenters[0].instance_uuid == polled.vCenter.instanceUUID)
            #expect(Set(vCenters[0].addresses) == [polled.name, "127.0.0.1:\(polled.vCenter.port)"])
            #expect(vCenters[0].virtual_machines == 3 && vCenters[0].runs == 2)
            let runs = try polled.sql("SELECT started_at FROM collection_run_history ORDER BY run_id")
            #expect([vCenters[0].first_run_at, vCenters[0].last_run_at] == runs)
            let table = try await polled.history("vcenter", "list")
            for text in [polled.name, polled.vCenter.instanceUUID, "127.0.0.1", "FIRST RUN", "times in"] {
                #expect(table.standardOutput.contains(text), "\(text)")
            }
            #expect(table.standardOutput.split(separator: "\n").allSatisfy { $0.count <= 100 })
        }
    }

    @Test func `rename changes the name under which the old name's address is recorded`() async throws {
        try await PolledVCenter.with { polled in
            try await polled.collect()
            let rename = try await polled.history("vcenter", "rename", polled.name, "Zürich 1")
            #expect(rename.termination == .exited(0))
            #expect(rename.standardOutput.isEmpty)
            try await polled.collect()
            #expect(try polled.sql("SELECT vcenter FROM collection_run_history") == ["Zürich 1", "Zürich 1"])
        }
    }

    @Test func `a vCenter that cannot be renamed or merged is refused in one line with a suggestion`() async throws {
        try await withTwice { polled in
            let refused: [([String], [String])] = [
                (["rename", "aa", "c"], ["\"aa\"", "did you mean \"a\"?"]),
                (["rename", "a", "b"], ["b", "vcenter merge"]),
                (["merge", "zzz", "b", "--yes"], ["\"zzz\"", "\"a\", \"b\""]),
                (["merge", "a", "bb", "--yes"], ["\"bb\"", "did you mean \"b\"?"]),
                (["merge", "a", "b"], ["--yes"]),
            ]
            for (arguments, words) in refused {
                let run = try await polled.history(["vcenter"] + arguments)
                #expect(run.termination == .exited(64), "\(arguments)")
                for word in words { #expect(run.standardError.contains(word), "\(arguments): \(run.standardError)") }
            }
            for arguments in [
                ["rename", "a", ""], ["rename", "a", "x\u{1B}[2J"], ["rename", "a", "a"], ["merge", "a", "a"],
            ] {
                #expect(try await polled.history(["vcenter"] + arguments).termination == .exited(64), "\(arguments)")
            }
            #expect(try polled.sql("SELECT name FROM vcenter ORDER BY name") == ["a", "b"])
            let missing = try await polled.history(
                "vcenter", "rename", "a", "b", "--database", polled.directory.path("none.db"))
            #expect(missing.termination == .exited(74))
            #expect(!FileManager.default.fileExists(atPath: polled.directory.path("none.db")))
        }
    }

    @Test func `merge joins two vCenters that are one, and the figures are those of one history`() async throws {
        try await withTwice { polled in
            let merge = try await polled.history("vcenter", "merge", "a", "b", "--yes")
            #expect(merge.termination == .exited(0))
            #expect(merge.standardError.contains("1 run") && merge.standardError.contains("3 VMs"))
            let vCenters = try await listed(polled)
            #expect(vCenters.map(\.name) == ["b"])
            #expect(vCenters[0].instance_uuid == polled.vCenter.instanceUUID)
            #expect(vCenters[0].virtual_machines == 3 && vCenters[0].runs == 2)
            // One customization, seen running and then succeeded.
            #expect(
                try polled.sql("SELECT vcenter, outcome, polls FROM customization_history WHERE vm = '\(polled.vm(0))'")
                    == ["b|succeeded|2"])
            #expect(try polled.sql("SELECT vcenter FROM collection_run_history") == ["b", "b"])
            #expect(try polled.sql("PRAGMA foreign_key_check").isEmpty)
            // The next run recognizes it.
            try await polled.collect()
            #expect(try polled.sql("SELECT count(*) FROM vcenter") == ["1"])
            #expect(try polled.sql("SELECT count(*), count(instance_uuid) FROM virtual_machine") == ["3|3"])
        }
    }

    @Test(arguments: [("y", true), ("yes", true), ("n", false), ("", false)])
    func `merge asks for confirmation on a terminal`(answer: String, isMerged: Bool) async throws {
        try await withTwice { polled in
            let command = "\(BuiltExecutable.history.path) vcenter merge a b --database '\(polled.database)'"
            let run = try await BuiltExecutable(path: "/bin/sh").run(
                "-c", "printf '\(answer)\\n' | script -qec \"$1\" /dev/null", "sh", command,
                environment: ["PATH": "/usr/bin:/bin", "SHELL": "/bin/sh"], in: polled.directory)
            #expect(run.standardOutput.contains("Move 1 run and 3 VMs of a to b?"))
            #expect(run.termination == .exited(isMerged ? 0 : 64))
            #expect(try polled.sql("SELECT name FROM vcenter ORDER BY name") == (isMerged ? ["b"] : ["a", "b"]))
        }
    }

    @Test func `a run that collects from either vCenter prevents rename and merge`() async throws {
        try await withTwice { polled in
            let held = polled.vm(0)
            polled.vCenter.inject(.neverAnswer) { $0.vm == held }
            let lists = polled.vCenter.activity.requests[.virtualMachineList, default: 0]
            _ = try await polled.history("collect") { run in
                try await polled.vCenter.waitUntil { $0.requests[.virtualMachineList] == lists + 1 }
                for pair in [["a", "b"], ["b", "a"]] {
                    expectOneLine(
                        try await polled.history(["vcenter", "merge"] + pair + ["--yes"]), 75, "b", "is collecting")
                }
                try run.send(.terminate)
            }
            #expect(try polled.sql("SELECT name FROM vcenter ORDER BY name") == ["a", "b"])
        }
    }
}
