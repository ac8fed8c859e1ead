/// Why customizations or polls fail, as far as it is known: what an error most likely means and what to do about it.
///
/// The known ones are data: see `FailureCause.all`.
package struct FailureCause: Hashable, Sendable {
    /// A short name that stays, such as `perl-missing`.
    package var name: String
    /// The probable cause, in one sentence.
    package var explanation: String
    /// What to check or do, the most promising first.
    package var checks: [String]
    /// The guest's files that tell more; empty if the fault is not in a guest.
    package var logs: [GuestLog]
    /// Words of error identifiers that tell this cause, in any spelling: `nic_setting_mismatch` is also `NicSettingMismatch`.
    var ids: [String]
    /// What messages say in this case.
    var messages: [CausePhrase]

    init(
        _ name: String, _ explanation: String, checks: [String], logs: [GuestLog], ids: [String] = [],
        messages: [CausePhrase] = []
    ) {
        self.name = name
        self.explanation = explanation
        self.checks = checks
        self.logs = logs
        self.ids = ids
        self.messages = messages
    }

    package static func == (left: FailureCause, right: FailureCause) -> Bool { left.name == right.name }
    package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension FailureCause {
    /// What stands for a cause where none is known.
    package static let unknownName = "unknown"

    /// The probable cause of an error; `nil` if it is not known.
    ///
    /// - Parameters:
    ///   - message: In English, as the patterns are: a message's `default_message`.
    ///   - names: What its VM is called, which tells nothing of the cause: a VM may be named `domain-join-01`.
    package static func of(id: String?, message: String?, names: [String] = []) -> FailureCause? {
        guard id != nil || message != nil else { return unreported }
        // An identifier tells more than a text.
        if let id, let cause = cause(identifiedBy: ErrorWords(id)) { return cause }
        guard let message else { return nil }
        let text = ErrorWords(ErrorWords.beginning(of: message).withoutNames(names))
        return cause(identifiedBy: text) ?? all.first { $0.messages.contains { $0.isSaid(in: text.words) } }
    }

    /// The cause that a person means by a cause's name, an error's identifier or an error's text.
    package static func of(_ text: String) -> FailureCause? {
        named(text) ?? of(id: text, message: text)
    }

    private static func named(_ text: String) -> FailureCause? {
        (all + [unreported]).first { $0.name == text.lowercased() }
    }

    private static func cause(identifiedBy words: ErrorWords) -> FailureCause? {
        all.first { $0.ids.contains { words.holds(identifier: $0) } }
    }

    /// The causes that a few words may mean: those whose names have all of them; where there is none, those whose
    /// explanations have, and at last those whose checks have.
    package static func matching(words text: String) -> [FailureCause] {
        let sought = Set(ErrorWords(text).parts.joined())
        guard !sought.isEmpty else { return [] }
        let places: [(FailureCause) -> String] = [
            { $0.name }, { $0.explanation }, { $0.checks.joined(separator: " ") },
        ]
        for place in places {
            let found = (all + [unreported]).filter {
                sought.isSubset(of: Set(ErrorWords(place($0)).parts.joined()))
            }
            if !found.isEmpty { return found }
        }
        return []
    }
}
