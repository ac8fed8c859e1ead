/// A known cause of failed customizations or polls: what an error most likely means and what to do about it.
///
/// The known causes are data: see `FailureCause.all`.
package struct FailureCause: Hashable, Sendable {
    /// A short, stable name, such as `perl-missing`.
    package var name: String
    /// The probable cause, in one sentence.
    package var explanation: String
    /// What to check or do, the most promising first.
    package var checks: [String]
    /// The guest's log files to read; empty if the fault is not in a guest.
    package var logs: [GuestLog]
    /// Error identifiers that mean this cause, in any spelling: `nic_setting_mismatch` is also `NicSettingMismatch`.
    var ids: [String]
    /// Phrases by which messages show this cause.
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
    /// The name shown where no cause is known.
    package static let unknownName = "unknown"

    /// The probable cause of an error; `nil` if it is not known.
    ///
    /// - Parameters:
    ///   - message: In English, like the patterns: a message's `default_message`.
    ///   - names: The VM's names, which are ignored: a VM may be named `domain-join-01`.
    package static func of(id: String?, message: String?, names: [String] = []) -> FailureCause? {
        guard id != nil || message != nil else { return unreported }
        // An identifier is more reliable than a text.
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

    /// The causes that a few words may mean: those whose names contain all of them; if there are none, those whose
    /// explanations do, and failing that those whose checks do.
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
