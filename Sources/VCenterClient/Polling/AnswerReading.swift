import GuestCustomization

extension Answer {
    /// The maximum size of a body that reports a customization; a real one has a few hundred bytes.
    static let bodyLimit = 1024 * 1024
    /// The number of bytes kept of any other body.
    static let keptOfOtherBodies = 16 * 1024
    /// The maximum length in characters of the reason why nothing was reported.
    fileprivate static let keptOfRefusals = 4096
    /// Bytes. Anything longer is not a status word.
    private static let maximumStatusLength = 256

    /// The result of the request about `vm`.
    init(_ outcome: Swift.Result<HTTPAnswer, TransportFault>, of vm: String) {
        switch outcome {
        case .success(let answer): self.init(answer, of: vm)
        case .failure(let fault): self.init(fault)
        }
    }

    private init(_ fault: TransportFault) {
        let result: Result =
            switch fault.kind {
            case .timedOut: .timedOut
            case .notHTTP: .invalid
            case .turnedAway: .unavailable
            case .unreachable, .untrusted, .cancelled: .unreachable
            }
        self.init(result: result, failure: .text(fault.reason))
    }

    init(_ answer: HTTPAnswer, of vm: String) {
        let body = answer.body.isEmpty ? nil : answer.withheld?.bytes ?? answer.body
        if answer.status == 200, !answer.isCut, answer.damage == nil,
            var info = JSONReader.value(of: answer.body).flatMap(CustomizationInfo.init(wire:)),
            !info.status.rawValue.isEmpty, info.status.rawValue.utf8.count <= Self.maximumStatusLength,
            // A word that may repeat a secret is no status.
            answer.withheld == nil || info.status.isDocumented || answer.shown?.status == info.status
        {
            if let withheld = answer.withheld, info.error != nil {
                info.error = (withheld.isRevealedByPosition ? nil : answer.shown?.error) ?? .text(Withholding.leftOut)
            }
            self.init(result: .reported, httpStatus: 200, info: info, body: body)
            return
        }
        let error = WireErrorBody(answer)
        var result = Result(status: answer.status, error)
        // A page from a proxy knows nothing about the account's privileges on VMs.
        if result == .unauthorized, error?.isVCenters != true { result = .unavailable }
        let isAnswer =
            switch result {
            case .notFound, .unauthorized: true
            case .unavailable: answer.mayBeAboutVM && error?.isAbout(vm: vm) == true
            case .reported, .unauthenticated, .timedOut, .unreachable, .invalid: false
            }
        let failure: CustomizationError? =
            if answer.isCut, (200..<300).contains(answer.status) {
                .text("the answer is larger than \(Self.bodyLimit / 1024 / 1024) MiB")
            } else if let damage = answer.damage, (200..<300).contains(answer.status) {
                .text(damage)
            } else if (200..<300).contains(answer.status) {
                .text(
                    answer.body.isEmpty
                        ? "HTTP \(answer.status) without a body" : "the answer is not a customization status")
            } else {
                error?.error?.beginning ?? .text("HTTP \(answer.status)")
            }
        self.init(
            result: result, isAnswer: isAnswer, httpStatus: answer.status, failure: failure,
            body: body.map { Array($0.prefix(Self.keptOfOtherBodies)) })
    }
}

extension HTTPAnswer {
    /// What it says without the secrets that it repeats; `nil` if that is no customization status.
    fileprivate var shown: CustomizationInfo? {
        withheld.flatMap { JSONReader.value(of: $0.bytes) }.flatMap(CustomizationInfo.init(wire:))
    }

    /// Whether a refusal may be about one VM. With these statuses or `Retry-After`, a server or a proxy refers to all VMs.
    fileprivate var mayBeAboutVM: Bool {
        ![429, 502, 504].contains(status) && !headers.contains(name: "retry-after")
    }
}

extension CustomizationError {
    /// Its id and text, cut to the size that is kept of the body; nobody asks for the rest.
    fileprivate var beginning: CustomizationError {
        func cut(_ text: String) -> String {
            String(String.UnicodeScalarView(text.unicodeScalars.prefix(Answer.keptOfRefusals)))
        }
        return switch self {
        case .message(let message):
            .message(LocalizableMessage(id: cut(message.id), defaultMessage: cut(message.text ?? "")))
        case .text(let text): .text(cut(text))
        }
    }
}

extension Answer.Result {
    /// Why an answer other than a readable 200 reports nothing. `error_type` takes precedence over the HTTP status.
    init(status: Int, _ error: WireErrorBody?) {
        switch status >= 400 ? error?.errorType : nil {
        case "UNAUTHENTICATED": self = .unauthenticated
        case "UNAUTHORIZED": self = .unauthorized
        case "NOT_FOUND": self = error?.saysNotFound == true ? .notFound : .unavailable
        case "TIMED_OUT": self = .timedOut
        case "SERVICE_UNAVAILABLE", "RESOURCE_INACCESSIBLE", "UNABLE_TO_ALLOCATE_RESOURCE", "RESOURCE_BUSY", "ERROR",
            "INTERNAL_SERVER_ERROR", "NOT_ALLOWED_IN_CURRENT_STATE":
            self = .unavailable
        default:
            switch status {
            case 401: self = .unauthenticated
            case 403: self = .unauthorized
            // A proxy in front of a vCenter answers in this way, too.
            case 404: self = error?.saysNotFound == true ? .notFound : .unavailable
            case 408, 504: self = .timedOut
            case 429, 500...: self = .unavailable
            default: self = .invalid
            }
        }
    }
}
