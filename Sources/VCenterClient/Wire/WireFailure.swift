import GuestCustomization

extension CustomizationError {
    /// The members most likely to contain the text, likeliest first; all other members follow in the order of their names.
    private static let likely = [
        "messages", "message", "error", "errors", "value", "errorMsg", "error_message", "localizedMessage",
        "faultstring", "text", "description", "detail", "details", "reason", "cause",
    ]
    /// Values filled into a text, and the kind of error, which is shown only as a last resort.
    private static let notTexts: Set = ["args", "params", "error_type", "type", "id", "localized", "default_message"]

    /// Why a customization failed, in whatever form it comes: a plain text (`customization`), a LocalizableMessage
    /// (`customization-live`), vCenter's general `{"error_type": …, "messages": […]}`, a list of either, or one of these nested in another.
    /// `nil` if it contains no text at all.
    init?(wire: JSONValue) {
        switch wire {
        case .string(let text) where !text.isEmpty: self = .text(text)
        case .array(let elements):
            // Not lazily: a lazy `first` reads what it finds twice, which nested lists double each time.
            for element in elements {
                if let found = Self(wire: element) {
                    self = found
                    return
                }
            }
            return nil
        case .object(let members): self.init(members, of: wire)
        default: return nil
        }
    }

    private init?(_ members: [JSONValue.Member], of wire: JSONValue) {
        let message = LocalizableMessage(wire: wire)
        if let message, message.localized?.isEmpty == false || !message.defaultMessage.isEmpty {
            self = .message(message)
            return
        }
        for name in Self.likely {
            if let inner = wire[name].flatMap(Self.init(wire:)) {
                self = inner
                return
            }
        }
        let others = members.filter { !Self.likely.contains($0.name) && !Self.notTexts.contains($0.name) }
        for other in others.sorted(by: { $0.name < $1.name }) {
            if let inner = Self(wire: other.value) {
                self = inner
                return
            }
        }
        if let message, message.text != nil {
            self = .message(message)
        } else if let kind = ["error_type", "type"].lazy.compactMap({ wire[$0]?.string }).first(where: { !$0.isEmpty })
        {
            self = .text(kind)
        } else {
            return nil
        }
    }
}
