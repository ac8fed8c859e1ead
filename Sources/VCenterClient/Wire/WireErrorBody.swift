import Foundation
import GuestCustomization

/// The body of an answer other than 2xx: vCenter's error, or whatever a proxy sent in its place.
struct WireErrorBody {
    /// vCenter's word for the kind of error; more to be trusted than the HTTP status. `nil` where there is none.
    var errorType: String?
    var messages: [LocalizableMessage]
    /// The beginning of a body that is not vCenter's, as plain text on one line.
    var plainText: String?

    /// `nil` if the body is empty.
    init?(_ body: [UInt8]) {
        guard !body.isEmpty else { return nil }
        if let wire = try? MendedJSON.decode(Wire.self, from: body) {
            errorType = wire.errorType
            messages = wire.messages
        } else {
            messages = []
            plainText = Self.plainText(body)
        }
    }

    /// Whether a vCenter wrote it, and not something that stands before one.
    var isVCenters: Bool {
        errorType != nil || messages.contains { $0.id.hasPrefix("com.vmware.") || $0.id.hasPrefix("vapi.") }
    }

    /// The first message that says anything, else the plain text.
    var error: CustomizationError? {
        if let message = messages.first(where: { $0.text != nil }) { return .message(message) }
        return (plainText ?? errorType).map { .text($0) }
    }

    /// Whether a vCenter says by this that it has no such object: by the kind of error, or, where it left that out, by a message's
    /// id. A route that it lacks has a message of its own, and a proxy's page says nothing of VMs.
    var saysNotFound: Bool {
        guard !isAboutMissingRoute else { return false }
        if let errorType { return errorType == "NOT_FOUND" }
        return messages.contains { $0.id.hasPrefix("com.vmware.") }
    }

    /// Whether it says that the vCenter has no such path.
    var isAboutMissingRoute: Bool { messages.contains { $0.id == "com.vmware.vapi.rest.httpNotFound" } }

    /// What a person should read, cut: the server chose its length.
    var text: String? { error?.text.map { String($0.prefix(500)) } }

    private struct Wire: Decodable {
        var errorType: String?
        var messages: [LocalizableMessage]

        private enum Key: String, CodingKey { case errorType = "error_type", messages }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: Key.self)
            errorType = fields.lenient(String.self, .errorType)
            messages = fields.lenient([Lenient<WireMessage>].self, .messages)?.compactMap(\.value?.message) ?? []
        }
    }

    /// Enough to recognise a proxy's page by: tags and runs of blanks left out, 200 characters.
    private static func plainText(_ body: [UInt8]) -> String? {
        let text = String(decoding: body.prefix(4096), as: UTF8.self)
            .replacing(/(?s)<(style|script)\b.*?<\/\1>/.ignoresCase(), with: " ")
            .replacing(/<[^>]*>/, with: " ")
            .split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return text.isEmpty ? nil : String(text.prefix(200))
    }
}
