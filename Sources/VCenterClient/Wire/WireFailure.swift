import GuestCustomization

/// Why a customization failed, in whatever form it comes: a plain text (`customization`), a LocalizableMessage
/// (`customization-live`), vCenter's general `{"error_type": …, "messages": […]}`, a list of either, or one of these in another.
struct WireFailure: Decodable {
    /// `nil` where nothing in it says anything.
    var error: CustomizationError?

    /// What most likely holds the text, likeliest first; then all other fields in the order of their names.
    private static let likely = [
        "messages", "message", "error", "errors", "value", "errorMsg", "error_message", "localizedMessage",
        "faultstring", "text", "description", "detail", "details", "reason", "cause",
    ]
    /// Values that are filled into a text, and the kind of error, which is the last thing to show.
    private static let notTexts: Set = ["args", "params", "error_type", "type", "id", "localized", "default_message"]

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let text = try? value.decode(String.self) {
            error = text.isEmpty ? nil : .text(text)
        } else if let elements = try? value.decode([Lenient<WireFailure>].self) {
            error = elements.lazy.compactMap(\.value?.error).first
        } else if let fields = try? decoder.container(keyedBy: Key.self) {
            error = try Self.error(of: fields, decoder)
        }
    }

    private static func error(
        of fields: KeyedDecodingContainer<Key>, _ decoder: any Decoder
    ) throws -> CustomizationError? {
        let message = try WireMessage(from: decoder).message
        if message.localized?.isEmpty == false || !message.defaultMessage.isEmpty { return .message(message) }
        let others = fields.allKeys.map(\.stringValue)
            .filter { !likely.contains($0) && !notTexts.contains($0) }.sorted()
        for name in likely + others {
            if let inner = fields.lenient(WireFailure.self, Key(stringValue: name))?.error { return inner }
        }
        if message.text != nil { return .message(message) }
        return ["error_type", "type"].lazy.compactMap { fields.lenient(String.self, Key(stringValue: $0)) }
            .first { !$0.isEmpty }.map { .text($0) }
    }

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
