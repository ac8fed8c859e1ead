import GuestCustomization

/// Requests of the VI JSON API: methods and properties of managed objects.
struct VIRequests: Sendable {
    /// A page of a thousand VMs or events has 1 to 2 MiB.
    static let bodyLimit = 4 * 1024 * 1024
    static let smallLimit = 256 * 1024
    /// For the end of an object, which its session ends anyway.
    private static let destructionLimit = Duration.seconds(5)

    let release: VIRelease
    let clock: SteadyClock
    let send: @Sendable (SessionRequests.Call, _ limit: Int) async -> Result<HTTPAnswer, TransportFault>

    /// The answer to a method; its body is empty where there is no result.
    ///
    /// - Parameter isRepeated: Whether it may be sent again in temporary trouble: not if it moves a position on the server.
    func call(
        _ object: VIReference, _ method: String, _ arguments: JSONValue = [:], limit: Int = smallLimit,
        isRepeated: Bool = true
    ) async throws(VIError) -> [UInt8] {
        try await timedCall(object, method, arguments, limit: limit, isRepeated: isRepeated).body
    }

    /// The same, and when the request was sent.
    func timedCall(
        _ object: VIReference, _ method: String, _ arguments: JSONValue, limit: Int, isRepeated: Bool = true
    ) async throws(VIError) -> (body: [UInt8], sentAt: Duration) {
        try await answer(
            SessionRequests.Call(
                method: .POST, path: path(object, method), body: Array(arguments.text.utf8), isRepeated: isRepeated),
            limit: limit)
    }

    /// Ends an object that was made for a reading, however the reading ended; not as part of the task, which may be cancelled.
    func destroy(_ object: VIReference, by method: String) async {
        let ending = Task<Void, Never> {
            do throws(VIError) {
                _ = try await TimeLimit.value(within: Self.destructionLimit, by: clock) { () async throws(VIError) in
                    try await call(object, method, isRepeated: false)
                }
            } catch {}
        }
        await ending.value
    }

    /// The value of a property; its body is empty where it is not set.
    func property(
        _ object: VIReference, _ name: String, limit: Int = smallLimit, isAnonymous: Bool = false
    ) async throws(VIError) -> [UInt8] {
        try await answer(
            SessionRequests.Call(method: .GET, path: path(object, name), isAnonymous: isAnonymous), limit: limit
        ).body
    }

    private func path(_ object: VIReference, _ member: String) -> String {
        "/sdk/vim25/\(release.text)/\(object.type.percentEncodedForURL)/\(object.id.percentEncodedForURL)/\(member)"
    }

    private func answer(
        _ call: SessionRequests.Call, limit: Int
    ) async throws(VIError) -> (body: [UInt8], sentAt: Duration) {
        let now = clock.now()
        let answer: HTTPAnswer
        switch await send(call, limit) {
        case .success(let got): answer = got
        case .failure(let fault): throw .unanswered(fault)
        }
        let body = answer.withheld?.bytes ?? answer.body
        guard (200..<300).contains(answer.status) else {
            if let fault = VIFault(body) { throw .fault(fault) }
            if answer.status == 404 || answer.status == 405 { throw .missing }
            throw .unreadable("HTTP \(answer.status)" + (WireErrorBody(answer)?.text.map { ": \($0)" } ?? ""))
        }
        if answer.isCut { throw .tooLarge }
        if let damage = answer.damage { throw .unreadable(damage) }
        return (body, answer.sentAt ?? now)
    }

    /// A large body, read on a thread of its own.
    static func read<Value: Sendable>(
        _ body: [UInt8], by read: @escaping @Sendable ([UInt8]) -> Value?
    ) async throws(VIError) -> Value {
        guard let value = await LargeBody.read(body, by: read) else {
            throw .unanswered(TransportFault(kind: .cancelled, reason: "stopped"))
        }
        guard let value else { throw .unreadable("the answer is not what vCenter documents") }
        return value
    }
}
