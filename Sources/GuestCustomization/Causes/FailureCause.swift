/// Why customizations or polls fail, as far as it is known: what an error most likely means and what to do about it.
///
/// The known ones are data: see `FailureCause.all`.
public struct FailureCause: Hashable, Sendable {
    /// A short name that stays, such as `perl-missing`.
    public var name: String
    /// The probable cause, in one sentence.
    public var explanation: String
    /// What to check or do, the most promising first.
    public var checks: [String]
    /// The guest's files that tell more; empty if the fault is not in a guest.
    public var logs: [GuestLog]
    /// Parts of error identifiers that tell this cause; letters and digits alone count, so that `NicSettingMismatch` is also
    /// `nic_setting_mismatch`.
    var ids: [String]
    /// What messages say in this case; `*` stands for anything, also in front and at the end, and the case of letters does not count.
    var messages: [String]

    init(
        _ name: String, _ explanation: String, checks: [String], logs: [GuestLog], ids: [String] = [],
        messages: [String] = []
    ) {
        self.name = name
        self.explanation = explanation
        self.checks = checks
        self.logs = logs
        self.ids = ids
        self.messages = messages
    }
}

extension FailureCause {
    /// What stands for a cause where none is known.
    public static let unknownName = "unknown"

    /// The cause of an error; `nil` if it is not known. An identifier tells more than a text, which may be translated.
    public static func of(id: String?, message: String?) -> FailureCause? {
        guard id != nil || message != nil else { return unreported }
        if let id {
            let id = lettersAndDigits(id)
            if let cause = all.first(where: { $0.ids.contains { id.contains(bytes: lettersAndDigits($0)) } }) {
                return cause
            }
        }
        guard let message else { return nil }
        let text = lowercased(message)
        return all.first { $0.messages.contains { text.contains(phrases: $0) } }
    }

    /// The cause that a person means: by its name, an error's identifier or an error's text.
    public static func of(_ text: String) -> FailureCause? {
        ([unreported] + all).first { $0.name == text } ?? of(id: text, message: text)
    }

    /// Of hostile texts no more is read, as by `MessageShape`.
    private static let limit = 2000

    private static func lettersAndDigits(_ text: String) -> [UInt8] {
        lowercased(text).filter {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
    }

    /// ASCII letters alone: the patterns have no others.
    private static func lowercased(_ text: String) -> [UInt8] {
        text.utf8.prefix(limit).map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    }
}

extension [UInt8] {
    fileprivate func contains(bytes: [UInt8]) -> Bool {
        position(after: bytes, from: startIndex) != nil
    }

    /// Whether the parts of a pattern between its `*` come one after the other.
    fileprivate func contains(phrases pattern: String) -> Bool {
        var position = startIndex
        for phrase in pattern.utf8.split(separator: UInt8(ascii: "*")) {
            guard let next = self.position(after: phrase, from: position) else { return false }
            position = next
        }
        return true
    }

    private func position(after part: some Collection<UInt8>, from start: Int) -> Int? {
        guard let first = part.first, count - start >= part.count else { return nil }
        // A report asks this of every pattern for every error: most places are ruled out by one comparison.
        return withUnsafeBufferPointer { bytes in
            for place in start...(bytes.count - part.count) where bytes[place] == first {
                let end = place + part.count
                if bytes[place..<end].elementsEqual(part) { return end }
            }
            return nil
        }
    }
}
