import GuestCustomization

/// The body of an answer other than 2xx: vCenter's error, or whatever a proxy sent instead.
struct WireErrorBody {
    /// vCenter's word for the kind of error; more reliable than the HTTP status. `nil` if there is none.
    var errorType: String?
    var messages: [LocalizableMessage]
    /// Whether it has the form of vCenter's errors: a proxy sends its own pages.
    var isVCenters: Bool
    /// The beginning of a body that is not vCenter's, as plain text on one line.
    var plainText: String?

    /// vCenter sends one or two.
    private static let maximumMessages = 100

    /// `nil` if the body is empty.
    init?(_ body: [UInt8]) {
        guard !body.isEmpty else { return nil }
        if let wire = JSONReader.value(of: body), let error = Self(wire) {
            self = error
        } else {
            let text = PageText.text(of: body)
            self.init(errorType: nil, messages: [], isVCenters: false, plainText: text.isEmpty ? nil : text)
        }
    }

    /// `nil` if it does not have the form of vCenter's errors.
    private init?(_ wire: JSONValue) {
        // `/api` writes the error itself; the older `/rest` wraps it, `{"type": "com.vmware.vapi.std.errors.not_found", "value": …}`.
        let fields = wire["value"].flatMap { $0.members == nil ? nil : $0 } ?? wire
        let older = wire["type"]?.string.flatMap { type in
            type.hasPrefix("com.vmware.vapi.std.errors.") ? type.split(separator: ".").last?.uppercased() : nil
        }
        let errorType = fields["error_type"]?.string ?? older
        let list = fields["messages"]?.array
        guard errorType != nil || list != nil else { return nil }
        var messages: [LocalizableMessage] = []
        for element in list ?? [] where messages.count < Self.maximumMessages {
            if let message = LocalizableMessage(wire: element), message.text != nil { messages.append(message) }
        }
        self.init(errorType: errorType, messages: messages, isVCenters: true)
    }

    private init(errorType: String?, messages: [LocalizableMessage], isVCenters: Bool, plainText: String? = nil) {
        self.errorType = errorType
        self.messages = messages
        self.isVCenters = isVCenters
        self.plainText = plainText
    }

    /// The text shown instead of its own words, if those repeat a secret.
    private var instead: CustomizationError?

    /// The same for an answer, with secrets removed from its words.
    init?(_ answer: HTTPAnswer) {
        self.init(answer.body)
        guard let withheld = answer.withheld else { return }
        instead =
            (withheld.isRevealedByPosition ? nil : WireErrorBody(withheld.bytes)?.error) ?? .text(Withholding.leftOut)
    }

    /// The first message with any text, or else the plain text.
    var error: CustomizationError? {
        if let instead { return instead }
        if let message = messages.first(where: { $0.text != nil }) { return .message(message) }
        return (plainText ?? errorType).map { .text($0) }
    }

    /// Whether a vCenter reports that it has no such object: by the kind of error, or, if that is missing, by a message's
    /// id. A missing route has its own message, and a proxy's page says nothing about VMs.
    var saysNotFound: Bool {
        guard !isAboutMissingRoute else { return false }
        if let errorType { return errorType == "NOT_FOUND" }
        return messages.contains { $0.id.hasPrefix("com.vmware.") }
    }

    /// Whether it reports that the vCenter has no such path.
    var isAboutMissingRoute: Bool { messages.contains { Self.missingRoutes.contains($0.id) } }

    /// The first is that of `/api`, the second that of `/rest` (vmware/vmware-openapi-generator issue 72).
    private static let missingRoutes: Set = [
        "com.vmware.vapi.rest.httpNotFound", "com.vmware.vapi.rest.operationsForUrlNotFound",
    ]

    /// The text for people, cut because the server chose its length.
    var text: String? { error?.text.map { String($0.prefix(500)) } }
}
