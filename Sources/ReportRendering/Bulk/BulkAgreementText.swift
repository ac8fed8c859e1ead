import GuestCustomization

/// How far polls one by one and in bulk agree, as lines: one for each VM that differs, and one for the count.
package struct BulkAgreementText {
    package init() {}

    /// Columns of an error's text: more of it is in the history.
    private static let maximumError = 200

    /// The lines.
    ///
    /// - Parameter vCenter: Its name in the history.
    package func render(_ agreement: BulkAgreement, of vCenter: String) -> String {
        let differences = agreement.differences.map { difference in
            let name = difference.name.map { " " + TerminalText($0.shown, upTo: 80).string } ?? ""
            return TerminalText(difference.vm, upTo: 80).string + name
                + ": by itself \(words(on: difference.single)); in bulk \(words(on: difference.bulk))"
        }
        func count(_ relation: BulkAgreement.Relation) -> Int { agreement.counts[relation, default: 0] }
        let total =
            "\(TerminalText(vCenter).string): \(FigureText.counted(agreement.compared, "VM")) compared: "
            + "\(count(.agree)) agree, \(count(.differ)) differ; \(count(.untold)) told of nothing in bulk, "
            + "\(count(.unanswered)) gave no answer by itself"
        return (differences + [total]).map { $0 + "\n" }.joined()
    }

    private func words(on answer: Answer) -> String {
        if let info = answer.info { return words(on: info) }
        let status = answer.httpStatus.map { " (HTTP \($0))" } ?? ""
        return answer.result.rawValue + status + quoted(answer.errorMessage)
    }

    private func words(on info: CustomizationInfo) -> String {
        let times = [info.startTime, info.endTime].map { $0?.rfc3339 ?? "–" }
        return "\(TerminalText(info.status.rawValue, upTo: 40).string) from \(times[0]) to \(times[1])"
            + quoted(info.error?.text ?? info.error?.id)
    }

    private func quoted(_ text: String?) -> String {
        guard let text else { return "" }
        return " \"\(TerminalText(text, upTo: Self.maximumError).truncated(to: Self.maximumError).string)\""
    }
}
