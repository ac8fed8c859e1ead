/// Why polls got no answer, those alike taken together.
///
/// Alike are those of one result, HTTP status and error identifier whose messages have the same shape in English. Only the
/// first 100 kinds are told apart, since a server may say something else each time; the count includes all.
package struct PollFailures: Sendable {
    private struct Kind: Hashable {
        let result: Answer.Result
        let httpStatus: Int?
        let errorID: String?
        let shape: MessageShape?
    }

    private struct Entry {
        var count = 0
        /// The first message in the alphabet, so that the order of polls does not matter, and where others differ from it.
        var message: VaryingMessage?
    }

    private static let maximumKinds = 100

    private var entries: [Kind: Entry] = [:]
    /// How many polls got no answer.
    package private(set) var count = 0

    package init() {}

    /// Adds a poll.
    ///
    /// - Parameters:
    ///   - message: As it is shown.
    ///   - untranslated: The same in English; `nil` if `message` is it.
    ///   - names: What its VM is called, which does not make its failure another one.
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

    /// The kinds of failure, the commonest first.
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
    package var result: Answer.Result
    package var httpStatus: Int?
    package var errorID: String?
    /// What was said: of one poll as it came, of several without what differs between them, as `…`.
    package var message: String?
    /// What all messages of this kind have in common, in English; `nil` if nothing was said.
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

    /// The reason that was given: the message, else the error's identifier, else the HTTP status; `nil` if there was none.
    package var reason: String? { message ?? errorID ?? httpStatus.map { "HTTP \($0)" } }

    fileprivate var sortKey: String {
        "\(result.rawValue) \(httpStatus ?? 0) \(errorID ?? "") \(shape?.text ?? "")"
    }
}
