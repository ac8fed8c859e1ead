import GuestCustomization
import ReportRendering

extension Report {
    /// The same report, listing only the errors that a person means by `text`.
    ///
    /// - Parameter place: What the report is of: `this window of history.db`.
    /// - Throws: `HistoryError`, 64 if the text matches no error, unless it is the name of a cause.
    func only(knownErrorsMeantBy text: String, in place: String) throws -> Report {
        let report = only(errorsMeantBy: text)
        guard report.listedErrors.isEmpty, FailureCause.all.allSatisfy({ $0.name != text.lowercased() }) else {
            return report
        }
        let known = errors.flatMap { [$0.id, $0.cause?.name].compactMap(\.self) }
        let nearest = NearestWord.several(to: text, among: Set(known).sorted(), atMost: 3)
        let asked = TerminalText(text, upTo: 200).truncated(to: 200).string
        throw HistoryError(
            .usage,
            "no error in \(place) has the identifier, the cause or the text \"\(asked)\"",
            advice: (nearest.isEmpty ? "" : "nearest: \(nearest.joined(separator: ", ")); ")
                + "`\(calledName) report --by error --format json` lists all")
    }
}
