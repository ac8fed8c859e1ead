/// Why polls got no answer, grouped by kind.
///
/// Polls of one kind have the same result, HTTP status, error identifier and shape of the English message. Only the first
/// 100 kinds are kept, since a server may say something different each time; the count includes all polls.
package struct PollFailures: Sendable {
    private struct Kind: Hashable {
        let result: Answer.Result
        let httpStatus: Int?
        let errorID: String?
        let shape: MessageShape?
    }

    private struct Entry {
        var count = 0
        /// The alphabetically first message, so that the order of polls does not matter, and where others differ from it.
        var message: VaryingMessage?
    }

    private static let maximumKinds = 100

    private var entries: [Kind: Entry] = [:]
    /// How many polls got no answer.
    package private(set) var count = 0

    /// No failures yet.
    package init() {}

    /// Adds a poll.
    ///
    /// - Parameters:
    ///   - message: The text to show.
    ///   - untranslated: The same text in English; `nil` if it equals `message`.
    ///   - names: The VM's names, which are ignored when failures are compared.
    package mutating func add(
        _ result: Answer.Result, httpStatus: Int?, errorID: String?, message: String?,
        untranslated: String? = nil, names: [String]
    ) {
        count += 1
        let message = message.map { VaryingMessage($0, names: names) }
        let kind = Kind(
            result: result, httpStatus: httpStatus, errorID: errorID,
            shape: untranslated.map { MessageShape($0, names: names) } ?? message?.shape)
        guard entries[kind] != nil || entries.count < Self.maximumKinds else { return }
        entries[kind, default: Entry()].count += 1
        guard var message, message.message != entries[kind]?.message?.message else { return }
        if var known = entries[kind]?.message {
            if known.message < message.message { swap(&known, &message) }
            message.add(known)
        }
        entries[kind]?.message = message
    }

    /// The kinds of failure, the most frequent first.
    package func commonest(_ limit: Int) -> [PollFailure] {
        entries.map { kind, entry in
            PollFailure(
                result: kind.result, httpStatus: kind.httpStatus, errorID: kind.errorID, message: entry.message?.text,
                shape: kind.shape, count: entry.count)
        }
        .sorted { ($1.count, $0.sortKey) < ($0.count, $1.sortKey) }.prefix(limit).map(\.self)
    }
}

/// Why polls got no answer: one kind of failure.
package struct PollFailure: Hashable, Sendable {
    /// Why there was no answer.
    package var result: Answer.Result
    /// HTTP status code; `nil` where no HTTP answer came.
    package var httpStatus: Int?
    /// Identifier of the error; `nil` if there was none.
    package var errorID: String?
    /// The message: for one poll as received, for several with `…` where they differ.
    package var message: String?
    /// What all messages of this kind have in common, in English; `nil` if there was no message.
    package var shape: MessageShape?
    /// How many polls.
    package var count: Int

    package init(
        result: Answer.Result, httpStatus: Int?, errorID: String?, message: String?, shape: MessageShape? = nil,
        count: Int
    ) {
        self.result = result
        self.httpStatus = httpStatus
        self.errorID = errorID
        self.message = message
        self.shape = shape
        self.count = count
    }

    /// The reason given: the message, else the error's identifier, else the HTTP status; `nil` if there was none.
    package var reason: String? { message ?? errorID ?? httpStatus.map { "HTTP \($0)" } }

    fileprivate var sortKey: String {
        "\(result.rawValue) \(httpStatus ?? 0) \(errorID ?? "") \(shape?.text ?? "")"
    }
}
