import Foundation
import TestSupport
import Testing

/// `verify`, `head` and `prove` on what `collect` recorded.
@Suite struct EvidenceTests {
    /// A vCenter with a failure, polled three times.
    private static func with(_ body: (PolledVCenter) async throws -> Void) async throws {
        try await PolledVCenter.with(vms: 5) { polled in
            try polled.set(0, .running, start: "2026-11-01T08:00:00Z")
            try await polled.collect()
            try polled.set(0, .failed, start: "2026-11-01T08:00:00Z", end: "2026-11-01T08:02:00Z")
            try await polled.collect()
            try await polled.collect("--vm", polled.vm(1))
            try await body(polled)
        }
    }

    /// Runs the executable; returns its exit code and what it printed.
    private static func says(_ polled: PolledVCenter, _ arguments: String...) async throws -> (Int32?, String) {
        let run = try await polled.history(arguments)
        guard case .exited(let code) = run.termination else { return (nil, run.standardError) }
        return (code, run.standardOutput + run.standardError)
    }

    @Test func `a history is verified, and what was altered is named`() async throws {
        try await Self.with { polled in
            let (code, text) = try await Self.says(polled, "verify")
            #expect(code == 0)
            #expect(text.contains("3 runs with 11 polls"))
            #expect(text.contains("head: customization-history/"))
            let sound = try Data(contentsOf: URL(fileURLWithPath: polled.database))
            let vm = polled.vm(0)
            for (change, finding) in [
                (
                    "UPDATE answer SET error_message = 'nothing' WHERE status = 'FAILED'",
                    "run 2 of .*: the answer of \(vm) was altered"
                ),
                (
                    "UPDATE collection_run SET failed_polls = 3 WHERE id = 1",
                    "run 1 of .*: its failed_polls was altered: sealed with 0, now 3"
                ),
                ("DELETE FROM poll_block WHERE run_id = 3", "run 3 of .*: 1 of its 1 polls were removed"),
                (
                    "UPDATE poll_block SET first_ms = first_ms + 1 WHERE run_id = 2",
                    "run 2 of .*: its polls was altered"
                ),
                (
                    "UPDATE customization SET outcome = 'succeeded'",
                    "\(vm) on .*: a customization does not follow from its polls"
                ),
                (
                    "UPDATE virtual_machine SET name = 'x', shown_name = 'x' WHERE moid = '\(vm)'",
                    "name or instance UUID of \(vm) on .* was altered"
                ),
                (
                    """
                    INSERT INTO sealed_name SELECT vm_id, 1, 99, 'q', instance_uuid FROM sealed_name WHERE vm_id = 1;
                    UPDATE virtual_machine SET name = 'q', shown_name = 'q' WHERE id = 1;
                    INSERT INTO virtual_machine_name (vm_id, name, shown_name, first_seen_ms)
                    SELECT 1, 'q', 'q', listed_ms FROM collection_run WHERE id = 1
                    """, "the sealed names of .* were altered"
                ),
                (
                    "UPDATE collection_run SET outcome = 'running', polls = 9 WHERE id = 3",
                    "run 3 of .*: its (outcome|polls) was altered"
                ),
                ("UPDATE vcenter SET name = 'other'", "its vCenter was altered"),
            ] {
                try polled.change(change)
                let (code, text) = try await Self.says(polled, "verify")
                #expect(code == 65)
                #expect(try Regex("is not as it was recorded: .*" + finding).firstMatch(in: text) != nil, "\(text)")
                for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: polled.database + suffix) }
                try sound.write(to: URL(fileURLWithPath: polled.database))
            }
            #expect(
                try await Self.says(polled, "verify", "--since-run", "3").1.contains(
                    "1 run with 1 poll, not the earlier"))
        }
    }

    @Test func `an auditor's own tables say nothing about what was recorded`() async throws {
        try await Self.with { polled in
            try polled.change(
                """
                CREATE TABLE notes (run REFERENCES collection_run (id)); INSERT INTO notes VALUES (NULL);
                CREATE VIEW mine AS SELECT * FROM poll_history; ANALYZE;
                PRAGMA foreign_keys = OFF; INSERT INTO notes VALUES (999)
                """)
            let (code, text) = try await Self.says(polled, "verify")
            #expect(code == 0, "\(text)")
        }
    }

    @Test func `what was recorded can be neither changed nor deleted by accident`() async throws {
        try await Self.with { polled in
            for (table, column) in [
                ("answer", "raw"), ("answer_change", "answer_id"), ("poll_block", "part"), ("collection_run", "polls"),
                ("collection_run", "rowid"), ("seal", "record"), ("tree", "uuid"), ("tree_node", "level"),
                ("sealed_name", "name"),
                ("virtual_machine_name", "name"),
            ] {
                for statement in ["DELETE FROM \(table)", "UPDATE \(table) SET \(column) = \(column) + 7"] {
                    let run = try await polled.shell("sqlite3 \"$1\" \"$2\"", [polled.database, statement])
                    #expect(run.standardError.contains("append-only"), "\(statement)")
                }
            }
            #expect(try await Self.says(polled, "verify").0 == 0)
        }
    }

    @Test func `a head that was kept shows a history cut off, rewritten or of another place`() async throws {
        try await Self.with { polled in
            let (_, head) = try await Self.says(polled, "head")
            try polled.directory.write("head.txt", head)
            #expect(head.split(separator: "\n").count == 3)
            try await polled.collect()
            #expect(
                try await Self.says(polled, "verify", "--expect", "head.txt").1.contains(
                    "1 expected head, the latest of 3 seals"))
            let (_, later) = try await Self.says(polled, "head")
            try polled.directory.write("later.txt", later)
            try polled.change(
                """
                DROP TRIGGER seal_is_kept; DROP TRIGGER tree_node_is_kept;
                DELETE FROM seal WHERE run_id = 4; DELETE FROM tree_node WHERE (position + 1) << level > 3;
                DELETE FROM poll_block WHERE run_id = 4; DELETE FROM poll_span WHERE first_run_id = 4; DELETE FROM virtual_machine_listing WHERE first_run_id = 4;
                CREATE TRIGGER seal_is_kept BEFORE DELETE ON seal BEGIN SELECT RAISE(ABORT, 'seals are append-only'); END;
                CREATE TRIGGER tree_node_is_kept BEFORE DELETE ON tree_node BEGIN SELECT RAISE(ABORT, 'seals are append-only'); END;
                DELETE FROM collection_run WHERE id = 4;
                """)
            let (code, text) = try await Self.says(polled, "verify", "--expect", "later.txt")
            #expect(
                code == 65
                    && text.contains("its end was cut off: the expected head has 4 seals, and the history only 3"))
            let uuid = try #require(try polled.sql("SELECT uuid FROM tree").first)
            try polled.directory.write("other.txt", head.replacing(uuid, with: "00000000-0000-4000-8000-000000000000"))
            #expect(try await Self.says(polled, "verify", "--expect", "other.txt").1.contains("is of another history"))
            try polled.directory.write("wrong.txt", head.replacing("\n3\n", with: "\n2\n"))
            #expect(try await Self.says(polled, "verify", "--expect", "wrong.txt").1.contains("it was rewritten"))
            try polled.directory.write("none.txt", "nothing here\n")
            #expect(try await Self.says(polled, "verify", "--expect", "none.txt").0 == 64)
            #expect(try await Self.says(polled, "verify", "--expect", "absent.txt").0 == 74)
        }
    }

    @Test func `a signed head is checked with its key, by openssl too`() async throws {
        try await Self.with { polled in
            #expect(try await Self.says(polled, "head", "--new-key", "key").0 == 0)
            #expect(try await Self.says(polled, "head", "--new-key", "key").0 == 73)
            let (_, note) = try await Self.says(polled, "head", "--sign", "key")
            try polled.directory.write("head.txt", note)
            #expect(try await Self.says(polled, "verify", "--expect", "head.txt", "--key", "key.pub").0 == 0)
            #expect(try await Self.says(polled, "head", "--new-key", "other").0 == 0)
            let (code, text) = try await Self.says(polled, "verify", "--expect", "head.txt", "--key", "other.pub")
            #expect(code == 65 && text.contains("not signed with the key"))
            let openssl = try await polled.shell(
                """
                set -e
                sed '/^$/,$d' head.txt > head.body
                tail -1 head.txt | cut -d' ' -f3 | base64 -d | tail -c 64 > head.sig
                openssl pkeyutl -verify -pubin -inkey key.pub -rawin -in head.body -sigfile head.sig
                """)
            #expect(openssl.standardOutput.contains("Signature Verified Successfully"), "\(openssl.standardError)")
            chmod(polled.directory.path("key"), 0o644)
            #expect(try await Self.says(polled, "head", "--sign", "key").0 == 78)
        }
    }

    @Test func `a time stamp by openssl proves when a head existed`() async throws {
        try await Self.with { polled in
            let run = try await polled.shell(
                """
                set -e
                "$0" head > head.txt
                openssl req -x509 -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.pem -days 1 -subj /CN=tsa \\
                    -addext 'extendedKeyUsage=critical,timeStamping' 2>/dev/null
                printf '01' > serial
                printf '%s\\n' '[tsa]' 'default_tsa=a' '[a]' 'serial=serial' 'signer_digest=sha256' 'default_policy=1.2.3' 'digests=sha256' \\
                    'ess_cert_id_alg=sha256' > tsa.cnf
                openssl ts -query -data head.txt -sha256 -cert -out head.tsq
                openssl ts -reply -config tsa.cnf -section a -queryfile head.tsq -signer tsa.pem -inkey tsa.key -out head.tsr
                openssl ts -verify -data head.txt -in head.tsr -CAfile tsa.pem
                """)
            #expect((run.standardOutput + run.standardError).contains("Verification: OK"), "\(run.standardError)")
        }
    }

    @Test func `each pass logs the head, and hands it to a program`() async throws {
        try await Self.with { polled in
            let logged = try await polled.collect("--log-head")
            try polled.directory.write("log.txt", "some other line\n" + logged.standardError)
            #expect(try await Self.says(polled, "verify", "--expect", "log.txt").1.contains("the latest of 4 seals"))
            let json = try await polled.collect("--log-head", "--log-format", "json")
            #expect(json.standardError.contains(#""head":"customization-history/"#))
            let entry =
                "vcenters: [{url: \"\(polled.vCenter.url)\", username: \"\(polled.vCenter.user)\", ca_certificates: ca.pem, password_file: secret}]\n"
            try polled.directory.write("secret", polled.vCenter.password, mode: 0o600)
            func collect(_ command: String, _ options: String...) async throws -> EndedRun {
                try polled.directory.write("config.yaml", "head_command: \(command)\n" + entry, mode: 0o600)
                return try await polled.history(
                    ["collect", "--config", "config.yaml"] + options,
                    environment: ["GOVC_URL": "", "GOVC_USERNAME": "", "GOVC_PASSWORD": "", "GOVC_TLS_CA_CERTS": ""])
            }
            let kept = polled.directory.path("kept")
            #expect(try await collect("[/usr/bin/tee, -a, \(kept)]").termination == .exited(0))
            #expect(try String(contentsOfFile: kept, encoding: .utf8) == (try await Self.says(polled, "head").1))
            let failed = try await collect("/bin/false")
            #expect(failed.termination == .exited(78))
            #expect(failed.standardError.contains("head_command /bin/false: it exited with 1"))
            #expect(try polled.sql("SELECT outcome FROM collection_run ORDER BY id DESC LIMIT 1") == ["complete"])
            #expect(try await collect("/no/such", "--verbose").standardError.contains("head_command /no/such: "))
        }
    }

    @Test func `a proof is checked without the history, and holds for nothing else`() async throws {
        try await Self.with { polled in
            let (_, head) = try await Self.says(polled, "head")
            try polled.directory.write("head.txt", head)
            for arguments in [["--run", "2"], ["--vm", polled.vm(0)], ["--vm", polled.vm(1), "--at", "now"]] {
                let proof = try await polled.history(["prove"] + arguments).standardOutput
                #expect(proof.utf8.count < 4096)
                try polled.directory.write("proof.json", proof)
                let away = ["prove", "--check", "proof.json", "--expect", "head.txt", "--database", "absent.db"]
                let checked = try await polled.history(away)
                #expect(checked.termination == .exited(0), "\(checked.standardError)")
                #expect(checked.standardOutput.hasPrefix("The proof holds.\n"))
                for (text, other) in [
                    ("complete", "partial"), (#"\"vms\":"#, #"\"vms\":9"#), (#""index" : "#, #""index" : 1"#),
                ] {
                    try polled.directory.write("proof.json", proof.replacing(text, with: other))
                    #expect(try await polled.history(away).termination == .exited(65), "\(text)")
                }
            }
            try polled.directory.write("head.txt", head.replacing("\n3\n", with: "\n2\n"))
            let (_, text) = try await Self.says(polled, "prove", "--run", "9")
            #expect(text.contains("has no run 9"))
            for arguments in [
                [], ["--run", "1", "--vm", "x"], ["--run", "1", "--at", "now"], ["--run", "1", "--expect", "head.txt"],
            ] {
                #expect(try await polled.history(["prove"] + arguments).termination == .exited(64))
            }
            #expect(try await Self.says(polled, "prove", "--vm", polled.vm(0), "--at", "2020-01-01").0 == 64)
            try polled.directory.write("proof.json", "{}")
            #expect(try await Self.says(polled, "prove", "--check", "proof.json").0 == 65)
        }
    }

    @Test func `a run under way is not sealed yet, and one that was killed is sealed by the next`() async throws {
        try await PolledVCenter.with(vms: 4, mayLeaveSessions: true) { polled in
            let blocked = polled.vm(2)
            polled.vCenter.inject(.neverAnswer, times: 1) { $0.vm == blocked && $0.kind == .customizationLive }
            let run = try await polled.history("collect", "--timeout", "30s") { running in
                try await polled.waitUntil("SELECT count(*) FROM poll_history", is: ["3"])
                let (code, text) = try await Self.says(polled, "verify")
                #expect(code == 0 && text.contains("run 1 is under way, or was killed"))
                #expect(try await Self.says(polled, "prove", "--run", "1").1.contains("has not ended"))
                try running.send(.kill)
            }
            #expect(run.termination != .exited(0))
            try await polled.collect()
            #expect(
                try polled.sql("SELECT run_id, record ->> 'outcome', record ->> 'polls' FROM seal ORDER BY leaf") == [
                    "1|interrupted|3", "2|complete|4",
                ])
            #expect(try await Self.says(polled, "verify").1.contains("2 runs with 7 polls"))
        }
    }
}
