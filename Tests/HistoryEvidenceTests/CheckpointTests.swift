import Foundation
import HistoryEvidence
import TestSupport
import Testing

@Suite struct CheckpointTests {
    private let head = Checkpoint(
        uuid: "f9ca6442-c58b-4980-8e91-738a97ae8d0d", size: 168, root: .leaf([1]))

    @Test func `a checkpoint is read from its note, and from a line with anything around it`() {
        #expect(Checkpoint.all(in: head.text) == [head])
        let log =
            "Nov 28 01:49 host history[1]: head of the history: \(head.line)\nother\n<6>{\"head\":\"\(head.line)\"}\n"
        #expect(Checkpoint.all(in: log) == [head, head])
        #expect(Checkpoint.all(in: head.text.replacing("168", with: "-1")).isEmpty)
        #expect(Checkpoint.all(in: head.text.replacing("f9ca", with: "xxxx")).isEmpty)
        #expect(Checkpoint.all(in: "").isEmpty)
    }

    @Test func `a signature holds for its checkpoint and its key only`() throws {
        let key = NoteKey()
        let note = try key.signed(head)
        let verifier = try #require(NoteKey.Verifier(pem: key.publicPEM))
        #expect(verifier.hasSigned(note, head))
        #expect(Checkpoint.all(in: note) == [head])
        var other = head
        other.size += 1
        #expect(!verifier.hasSigned(note, other))
        #expect(!verifier.hasSigned(note.replacing("168", with: "169"), other))
        #expect(!verifier.hasSigned(head.text, head))
        let stranger = try #require(NoteKey.Verifier(pem: NoteKey().publicPEM))
        #expect(!stranger.hasSigned(note, head))
        let again = try #require(NoteKey(pem: key.privatePEM))
        #expect(again.publicPEM == key.publicPEM)
    }

    @Test func `openssl writes and reads the same keys and signatures`() async throws {
        let files = try TemporaryDirectory()
        let ours = NoteKey()
        for (name, text) in [
            ("key", ours.privatePEM), ("key.pub", ours.publicPEM), ("head.body", head.text),
        ] { try text.write(toFile: files.path(name), atomically: true, encoding: .utf8) }
        let note = try ours.signed(head)
        let line = try #require(note.split(separator: "\n").last?.split(separator: " ").last)
        try #require(Data(base64Encoded: String(line))).dropFirst(4).write(to: URL(fileURLWithPath: files.path("sig")))
        func openssl(_ arguments: String...) throws -> String {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["openssl"] + arguments
            let output = Pipe()
            process.standardOutput = output
            process.standardError = output
            try process.run()
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            return text
        }
        let verdict = try openssl(
            "pkeyutl", "-verify", "-pubin", "-inkey", files.path("key.pub"), "-rawin", "-in", files.path("head.body"),
            "-sigfile", files.path("sig"))
        #expect(verdict.contains("Signature Verified Successfully"))
        #expect(try openssl("pkey", "-in", files.path("key"), "-pubout") == ours.publicPEM)
        let theirs = try openssl("genpkey", "-algorithm", "ed25519")
        #expect(NoteKey(pem: theirs)?.privatePEM == theirs)
        #expect(NoteKey(pem: try openssl("genpkey", "-algorithm", "x25519")) == nil)
        #expect(NoteKey(pem: "") == nil && NoteKey.Verifier(pem: ours.privatePEM) == nil)
    }
}
