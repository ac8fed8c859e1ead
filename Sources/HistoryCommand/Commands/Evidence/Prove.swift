import ArgumentParser
import GuestCustomization
import HistoryEvidence
import HistoryStore
import ReportRendering

struct Prove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove",
        abstract: "Prove that a run or a poll is in the history, in a file that is checked without it.",
        discussion: """
            A proof has the record of the run or poll, the hashes that lead from it to the root, and the head of the history. Whoever has \
            the head from another source needs nothing else; without --expect, a proof only agrees with the head that it brings along.

            EXAMPLES
              \(calledName) prove --run 4711 > run.json
              \(calledName) prove --vm web-01 --at '2026-11-01 08:00' > poll.json     its latest poll by then
              \(calledName) prove --check poll.json --expect head.txt
            """)

    @OptionGroup var database: DatabaseOptions

    @Option(name: .customLong("run"), help: ArgumentHelp("The number of a run, as `runs` shows it.", valueName: "run"))
    var runNumber: Int?

    @Option(help: ArgumentHelp("A VM, as `show` takes it; with --at.", valueName: "vm"))
    var vm: String?

    @Option(help: ArgumentHelp("The time by which the VM was polled (default: now).", valueName: "time"))
    var at: String?

    @Option(
        name: .customLong("vcenter"), help: ArgumentHelp("Look only in these vCenters; repeatable.", valueName: "name"))
    var vCenters: [String] = []

    @Option(help: ArgumentHelp("Check a proof instead; - reads standard input.", valueName: "file"))
    var check: String?

    @OptionGroup var expected: ExpectedHeads
    @OptionGroup var messages: MessageOptions

    func validate() throws {
        guard [runNumber != nil, vm != nil, check != nil].count(where: \.self) == 1 else {
            throw ValidationError("Give one of --run, --vm and --check.")
        }
        guard at == nil || vm != nil else { throw ValidationError("--at is about the polls of a VM; give --vm too.") }
        guard expected.expect == nil || check != nil else {
            throw ValidationError("--expect is for checking a proof; give --check too.")
        }
    }

    func run() throws {
        if let check { return try Self.check(check, try expected.heads()) }
        let history = try database.openForReading(messages: messages)
        let now = Clocks.machine.now()
        let instant = try at.map { try ReportWindow.instant($0, of: "--at", now: now, timeZone: .current) } ?? now
        let proof = try history.atOneInstant {
            if let runNumber { return try history.proof(of: CollectionRunID(rawValue: Int64(runNumber))) }
            let (machine, _) = try history.requireVirtualMachine(vm ?? "", in: vCenters)
            return try history.proof(ofPollOf: machine, at: instant)
        }
        do {
            _ = try proof.check()
        } catch let invalid as Proof.Invalid {
            throw HistoryError(
                .damaged, "\(history.path) is not as it was recorded: \(invalid.description)",
                advice: "`\(ProgramName.called) verify` names what was altered")
        }
        try OutputFile(path: "-").write(try proof.json)
    }

    private static func check(_ path: String, _ heads: [Checkpoint]) throws {
        let text = try InputText(path, of: "proof", upTo: Proof.maximumSize).text
        let proof: Proof
        let head: Checkpoint
        do {
            proof = try Proof(json: Array(text.utf8))
            head = try proof.check()
        } catch let invalid as Proof.Invalid {
            throw HistoryError(.damaged, "the proof \(path) does not hold: \(invalid.description)")
        }
        if !heads.isEmpty, !heads.contains(head) {
            throw HistoryError(
                .damaged, "the proof \(path) does not hold: its head, \(head.line), is not the expected one")
        }
        var lines = ["The proof holds."]
        if let poll = proof.poll { lines.append("  poll: \(TerminalText(poll.record, upTo: 4000).string)") }
        lines.append("  run:  \(TerminalText(proof.run.record, upTo: 4000).string)")
        lines.append("  head: \(head.line)\(heads.isEmpty ? " (its own: compare it with one that you kept)" : "")")
        try OutputFile(path: "-").write(lines.map { $0 + "\n" }.joined())
    }
}
