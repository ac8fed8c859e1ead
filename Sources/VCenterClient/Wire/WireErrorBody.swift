import Foundation
import GuestCustomization

/// The body of an answer other than 2xx: vCenter's error, or whatever a proxy sent in its place.
struct WireErrorBody {
    /// vCenter's word for the kind of error; more to be trusted than the HTTP status. `nil` where there is none.
    var errorType: String?
    var messages: [LocalizableMessage]
    /// Whether it has the form of vCenter's errors: what stands before the vCenter writes pages of its own.
    var isVCenters: Bool
    /// The beginning of a body that is not vCenter's, as plain text on one line.
    var plainText: String?

    /// `nil` if the body is empty.
    init?(_ body: [UInt8]) {
        guard !body.isEmpty else { return nil }
        if let wire = try? MendedJSON.decode(Wire.self, from: body), wire.isVCenters {
            errorType = wire.errorType
            messages = wire.messages
            isVCenters = true
        } else {
            messages = []
            isVCenters = false
            plainText = Self.plainText(body)
        }
    }

    /// What is shown in the place of its own words, where those repeat a secret.
    private var instead: CustomizationError?

    /// The same of an answer, with what must not be shown withheld from its words.
    init?(_ answer: HTTPAnswer) {
        self.init(answer.body)
        guard let withheld = answer.withholding.withheld(answer.body) else { return }
        instead =
            (withheld.tellsByItsPlace ? nil : WireErrorBody(withheld.bytes)?.error) ?? .text(Withholding.leftOut)
    }

    /// The first message that says anything, else the plain text.
    var error: CustomizationError? {
        if let instead { return instead }
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
        var isVCenters: Bool

        private enum Key: String, CodingKey { case errorType = "error_type", messages, type, value }

        /// `/api` writes the error itself; the older `/rest` wraps it, `{"type": "com.vmware.vapi.std.errors.not_found", "value": …}`.
        init(from decoder: any Decoder) throws {
            let outer = try decoder.container(keyedBy: Key.self)
            let inner = try? outer.nestedContainer(keyedBy: Key.self, forKey: .value)
            let fields = inner ?? outer
            let older = outer.lenient(String.self, .type).flatMap { type in
                type.hasPrefix("com.vmware.vapi.std.errors.") ? type.split(separator: ".").last?.uppercased() : nil
            }
            errorType = fields.lenient(String.self, .errorType) ?? older
            let list = fields.lenient([Lenient<WireMessage>].self, .messages)
            messages = list?.compactMap(\.value?.message) ?? []
            isVCenters = errorType != nil || list != nil
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
