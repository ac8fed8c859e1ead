import GuestCustomization

/// The polls of one VM as a table for terminals.
struct PollTable {
    /// Maximum width of a line, in columns.
    var width: Int
    var times: LocalTimeFormat

    /// Longest part of a body that is shown, in characters.
    private static let bodyLimit = 4000

    func lines(of polls: VirtualMachinePolls, pruned: PrunedPolls?) -> [TerminalLine] {
        guard !polls.polls.isEmpty else {
            let none =
                pruned == nil
                ? "No poll of this VM is in this window."
                : "No poll of this VM in this window is kept: old ones were pruned."
            return [TerminalLine(none, .dim)]
        }
        typealias Column = TableColumn<RecordedPoll>
        let columns = [
            Column("Polled") { TableCell(times.second($0.polledAt)) },
            Column("Run", .right, whenNarrow: [Narrowing(1, .drop)]) { "\($0.run.rawValue)" },
            Column("HTTP", .right, whenNarrow: [Narrowing(2, .drop)]) {
                TableCell($0.httpStatus.map { "\($0)" } ?? FigureText.none)
            },
            Column("Answer") { TableCell($0.status?.rawValue ?? $0.result.rawValue) },
        ]
        let endpoint = Column("Endpoint") { TableCell($0.endpoint.rawValue) }
        var shown: Set<RecordedPoll.AnswerID> = []
        let table = Table(
            columns: columns + (Set(polls.polls.map(\.endpoint)).count == 1 ? [] : [endpoint]),
            items: polls.polls, mark: { $0.isAnswer ? ("·", .dim) : ("?", .yellow) },
            details: { poll, _ in
                // What is the same as before is not repeated.
                shown.insert(poll.answer).inserted ? Self.details(of: poll, polls.bodies[poll.answer]) : []
            })
        var lines = TableLayout(table, width: width).lines
        if polls.hasEarlier {
            lines.insert(TerminalLine("  … after earlier polls; --limit shows more", .dim), at: 1)
        }
        return lines
    }

    private static func details(of poll: RecordedPoll, _ body: [UInt8]?) -> [String] {
        var details: [String] = []
        if let error = poll.errorMessage ?? poll.errorID { details.append(error) }
        if let body { details.append(String(String(decoding: body, as: UTF8.self).prefix(bodyLimit))) }
        return details
    }

    /// `FAILED: No Perl.`; `no answer (timed_out): …`
    static func words(of poll: RecordedPoll) -> String {
        let why = [poll.httpStatus.map { "HTTP \($0)" }, poll.errorMessage ?? poll.errorID].compactMap(\.self)
        if let status = poll.status {
            return status.rawValue + ((poll.errorMessage ?? poll.errorID).map { ": \($0)" } ?? "")
        }
        let head = poll.isAnswer ? poll.result.rawValue : "no answer (\(poll.result.rawValue))"
        return why.isEmpty ? head : "\(head): \(why.joined(separator: ", "))"
    }

}
