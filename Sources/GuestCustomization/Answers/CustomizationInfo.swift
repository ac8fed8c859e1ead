/// What a vCenter reported about the last customization of one VM.
package struct CustomizationInfo: Hashable, Sendable {
    /// The vCenter's status word.
    package var status: CustomizationStatus
    /// When the customization began, by the server's clock; `nil` where it is not set.
    package var startTime: Timestamp? { didSet { startTime = Self.set(startTime) } }
    /// When it ended, by the server's clock; `nil` where it is not set.
    package var endTime: Timestamp? { didSet { endTime = Self.set(endTime) } }
    /// Why it failed; `nil` if it did not fail or the vCenter sent no error.
    package var error: CustomizationError?

    /// A time at or before 1970-01-02 means "not set": nothing was customized then, and some servers send their zero value.
    private static let latestUnset = Timestamp(unixMilliseconds: 86_400_000)

    /// Times that mean "not set" become `nil`.
    package init(
        status: CustomizationStatus, startTime: Timestamp? = nil, endTime: Timestamp? = nil,
        error: CustomizationError? = nil
    ) {
        self.status = status
        self.startTime = Self.set(startTime)
        self.endTime = Self.set(endTime)
        self.error = error
    }

    private static func set(_ time: Timestamp?) -> Timestamp? {
        time.flatMap { $0 > latestUnset ? $0 : nil }
    }
}

/// Why a customization failed: `customization-live` sends a message, the older `customization` a plain text.
package enum CustomizationError: Hashable, Sendable {
    case message(LocalizableMessage)
    case text(String)

    /// Identifier of the message; `nil` for a plain text or an empty identifier.
    package var id: String? {
        switch self {
        case .message(let message): message.id.isEmpty ? nil : message.id
        case .text: nil
        }
    }

    /// What a person should read; `nil` if the server sent nothing to read.
    package var text: String? {
        switch self {
        case .message(let message): message.text
        case .text(let text): text.isEmpty ? nil : text
        }
    }

    /// The English text by which errors are distinguished; `nil` where it equals `text`, as it nearly always does.
    package var untranslated: String? {
        guard case .message(let message) = self, let untranslated = message.untranslated else { return nil }
        return untranslated == message.text ? nil : untranslated
    }
}
