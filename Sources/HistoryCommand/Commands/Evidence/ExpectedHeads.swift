import ArgumentParser
import GuestCustomization
import HistoryEvidence

/// `--expect` and `--key`: heads that were kept elsewhere.
struct ExpectedHeads: ParsableArguments {
    /// Bytes: the log lines of some years.
    private static let maximumSize = 64 << 20

    @Option(
        help: ArgumentHelp(
            "A head that was kept elsewhere, or a log with many of them; - reads standard input.", valueName: "file"))
    var expect: String?

    @Option(
        help: ArgumentHelp(
            "The public key (PEM, Ed25519) that must have signed the expected head.", valueName: "file"))
    var key: String?

    func validate() throws {
        guard key == nil || expect != nil else { throw ValidationError("--key checks the head that --expect names.") }
    }

    /// - Throws: `HistoryError`: `usage` if there is no head, `damaged` if its signature is not by the key.
    func heads() throws -> [Checkpoint] {
        guard let expect else { return [] }
        let text = try InputText(expect, of: "expected head", upTo: Self.maximumSize).text
        let heads = Checkpoint.all(in: text)
        guard !heads.isEmpty else {
            throw HistoryError(
                .usage, "\(expect) has no head of a history",
                advice: "give what `\(ProgramName.called) head` or `collect --log-head` printed")
        }
        if let key {
            guard let verifier = NoteKey.Verifier(pem: try InputText(key, of: "public key", upTo: 1 << 16).text) else {
                throw HistoryError(.usage, "\(key) is not a public Ed25519 key in PEM")
            }
            guard let head = heads.first, heads.count == 1, verifier.hasSigned(text, head) else {
                throw HistoryError(.damaged, "the expected head is not signed with the key of \(key)")
            }
        }
        return heads
    }
}
