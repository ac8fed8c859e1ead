import GuestCustomization

/// A fault of the VI JSON API, by its class.
struct VIFault: Hashable, Sendable {
    /// The class of a fault. The set is open.
    struct Kind: RawRepresentable, Hashable, Sendable {
        let rawValue: String

        static let notAuthenticated = Kind(rawValue: "NotAuthenticated")
        static let noPermission = Kind(rawValue: "NoPermission")
        static let invalidArgument = Kind(rawValue: "InvalidArgument")
        static let invalidState = Kind(rawValue: "InvalidState")
        static let invalidLogin = Kind(rawValue: "InvalidLogin")
        static let notFound = Kind(rawValue: "ManagedObjectNotFound")
        static let notSupported = Kind(rawValue: "NotSupported")
        static let notImplemented = Kind(rawValue: "NotImplemented")
        static let invalidRequest = Kind(rawValue: "InvalidRequest")
    }

    var kind: Kind
    /// The vCenter's words; `nil` if there are none.
    var words: String?

    /// `nil` if the body is not a fault.
    init?(_ body: [UInt8]) {
        guard let wire = JSONReader.value(of: body) else { return nil }
        self.init(wire: wire)
    }

    init?(wire: JSONValue) {
        guard let kind = wire["_typeName"]?.string, !kind.isEmpty, kind.utf8.count <= 100 else { return nil }
        self.kind = Kind(rawValue: kind)
        let words = wire["faultstring"]?.string ?? wire["faultMessage"]?.array?.first?["message"]?.string
        self.words = words.flatMap { $0.isEmpty ? nil : String($0.prefix(500)) }
    }

    /// For people, on one line.
    var text: String { kind.rawValue + (words.map { " (\($0))" } ?? "") }
}

/// Why a request of the VI JSON API has no result.
enum VIError: Error, Hashable, Sendable {
    case fault(VIFault)
    case unanswered(TransportFault)
    /// The vCenter has no such path.
    case missing
    case tooLarge
    /// With a clause that says why.
    case unreadable(String)

    var kind: VIFault.Kind? {
        if case .fault(let fault) = self { fault.kind } else { nil }
    }

    /// A clause for people.
    var reason: String {
        switch self {
        case .fault(let fault): fault.text
        case .unanswered(let fault): fault.reason
        case .missing: "the vCenter has no such operation"
        case .tooLarge: "the answer is too large"
        case .unreadable(let reason): reason
        }
    }

    /// Whether no answer came in time.
    var isTimeout: Bool {
        if case .unanswered(let fault) = self { fault.kind == .timedOut } else { false }
    }

    /// Whether starting the whole reading again may help: the object on the server is gone, or its state is not known.
    var mayPassWithNewObject: Bool {
        switch self {
        case .fault(let fault): [.notFound, .notAuthenticated, .invalidState].contains(fault.kind)
        case .unanswered(let fault): fault.kind != .cancelled
        case .unreadable: true
        case .missing, .tooLarge: false
        }
    }

    /// The error for people.
    func error(doing what: String, at server: String) -> HistoryError {
        if case .missing = self {
            return HistoryError(.endpointMissing, "\(server) has no VI JSON API: it came with vSphere 8.0 U1")
        }
        let advice: String? =
            kind == .noPermission
            ? "give the account the role Read-only at the top of the inventory, with propagation" : nil
        return HistoryError(
            .listingFailed, about: "cannot read \(what) of \(server)", reason, advice: advice, cause: self)
    }
}
