import GuestCustomization

/// Reads properties of all objects of some classes, page by page, each object once. Source: docs/vcenter-api.md, "Properties in bulk".
struct PropertyReading: Sendable {
    let requests: VIRequests
    let content: VIContent
    /// Classes of objects.
    let types: [String]
    let paths: [String]

    /// Objects in one answer.
    static let maximumPage = 1000
    /// Beyond any vCenter's inventory; a server that sends more is inventing objects.
    static let maximumObjects = 500_000
    /// Bytes of a list of references: 45,000, the most that a vCenter has, are 3.5 MiB.
    private static let referencesLimit = 8 * 1024 * 1024
    /// Readings in a row that may break without a new object while a server's answer is continued, which is not repeated.
    private static let maximumFailures = 3
    /// The same where a request failed that was repeated by itself, or no answer came in time.
    private static let maximumRepetitions = 1

    /// Gets some objects, and when the request for them was sent.
    typealias Take = ([WireProperties], Duration) async throws -> Void

    private struct State {
        var page = maximumPage
        var seen: Set<String> = []
        /// Of this view that can be continued.
        var answers = 0
        var refusals = 0
        /// Whether objects are asked for by name, because the server refuses to go on by token (vmware/govmomi issue 3455).
        var isByName = false

        /// Adapts to an error that another view alone would not pass. Returns whether another attempt may succeed.
        mutating func adapt(to error: VIError) -> Bool {
            if error == .tooLarge, page > 1 {
                page /= 2
                return true
            }
            guard !isByName, answers > 0, [.noPermission, .invalidArgument].contains(error.kind) else { return false }
            // A token ends with its session, and that may have been renewed.
            refusals += 1
            isByName = refusals > 1 || error.kind == .noPermission
            return true
        }
    }

    func read(take: Take) async throws {
        var state = State()
        var failures = 0
        while true {
            let before = state.seen.count
            do {
                return try await readOnce(&state, take)
            } catch let error as VIError {
                failures = state.seen.count == before ? failures + 1 : 1
                if state.adapt(to: error) {
                    failures = 0
                } else {
                    let isContinued = state.answers > 0 && !error.isTimeout
                    let maximum = isContinued ? Self.maximumFailures : Self.maximumRepetitions
                    guard error.mayPassWithNewObject, failures <= maximum else { throw error }
                }
            }
        }
    }

    /// With a view of its own: it ends with its session.
    private func readOnce(_ state: inout State, _ take: Take) async throws {
        state.answers = 0
        let view = try await createView()
        do {
            if state.isByName {
                try await readByName(try await members(of: view), &state, take)
            } else {
                try await readByToken(view, &state, take)
            }
            await requests.destroy(view, by: "DestroyView")
        } catch {
            await requests.destroy(view, by: "DestroyView")
            throw error
        }
    }

    private func readByToken(
        _ view: VIReference, _ state: inout State, _ take: Take
    ) async throws {
        let traversal: JSONValue = [
            "_typeName": "TraversalSpec", "name": "v", "type": "ContainerView", "path": "view", "skip": false,
        ]
        let objects: JSONValue = [
            ["_typeName": "ObjectSpec", "obj": view.wire, "skip": true, "selectSet": [traversal]]
        ]
        var page = try await retrieve(types, paths, objects, page: state.page)
        while true {
            state.answers += 1
            try await deliver(page, &state, take)
            guard let token = page.token else { return }
            guard state.answers <= Self.maximumObjects else { throw VIError.unreadable("the answers do not end") }
            try Task.checkCancellation()
            // Not repeated: a token serves once.
            page = try await self.page(
                "ContinueRetrievePropertiesEx", ["token": .string(token)], limit: VIRequests.bodyLimit,
                isRepeated: false)
        }
    }

    private func members(of view: VIReference) async throws(VIError) -> [VIReference] {
        let itself: JSONValue = [["_typeName": "ObjectSpec", "obj": view.wire, "skip": false]]
        do throws(VIError) {
            let page = try await retrieve(["ContainerView"], ["view"], itself, page: 1, limit: Self.referencesLimit)
            return (page.objects.first?["view"]?.array ?? []).compactMap(VIReference.init(wire:))
        } catch .tooLarge {
            throw .unreadable("the list of its objects is too large")
        }
    }

    /// Names the objects of each request, so that no answer has to be continued.
    private func readByName(
        _ members: [VIReference], _ state: inout State, _ take: Take
    ) async throws {
        let left = members.filter { !state.seen.contains($0.id) }.prefix(Self.maximumObjects)
        // A server that cuts answers does so after a hundred objects or more.
        var waiting = Array(Array(left).chunks(of: min(state.page, 100)).reversed())
        while let chunk = waiting.popLast() {
            try Task.checkCancellation()
            let objects = chunk.map {
                JSONValue.object([.init(name: "_typeName", value: "ObjectSpec"), .init(name: "obj", value: $0.wire)])
            }
            do {
                let page = try await retrieve(types, paths, .array(objects), page: chunk.count)
                try await deliver(page, &state, take)
                let missed = chunk.filter { !state.seen.contains($0.id) }
                if page.token != nil, !missed.isEmpty, missed.count < chunk.count { waiting.append(missed) }
            } catch let error as VIError
                where error == .tooLarge || error.kind == .notFound || error.kind == .noPermission
            {
                // One that is gone, or may not be seen, makes the server refuse all.
                if chunk.count > 1 { waiting += chunk.chunks(of: (chunk.count + 1) / 2).reversed() }
            }
        }
    }

    private func retrieve(
        _ types: [String], _ paths: [String], _ objects: JSONValue, page: Int, limit: Int = VIRequests.bodyLimit
    ) async throws(VIError) -> WirePropertyPage {
        let properties = types.map { type -> JSONValue in
            [
                "_typeName": "PropertySpec", "type": .string(type), "all": false,
                "pathSet": .array(paths.map { .string($0) }),
            ]
        }
        return try await self.page(
            "RetrievePropertiesEx",
            [
                "specSet": [["_typeName": "PropertyFilterSpec", "propSet": .array(properties), "objectSet": objects]],
                "options": ["_typeName": "RetrieveOptions", "maxObjects": .number(String(page))],
            ], limit: limit)
    }

    private func page(
        _ method: String, _ arguments: JSONValue, limit: Int, isRepeated: Bool = true
    ) async throws(VIError) -> WirePropertyPage {
        let (body, sentAt) = try await requests.timedCall(
            content.propertyCollector, method, arguments, limit: limit, isRepeated: isRepeated)
        return try await VIRequests.read(body) { WirePropertyPage($0, sentAt: sentAt) }
    }

    private func deliver(
        _ page: WirePropertyPage, _ state: inout State, _ take: Take
    ) async throws {
        let new = page.objects.filter { types.contains($0.object.type) && state.seen.insert($0.object.id).inserted }
        guard state.seen.count <= Self.maximumObjects else { throw VIError.unreadable("there are too many objects") }
        for chunk in new.chunks(of: Self.maximumPage) { try await take(chunk, page.sentAt) }
    }

    private func createView() async throws(VIError) -> VIReference {
        let body = try await requests.call(
            content.viewManager, "CreateContainerView",
            [
                "container": content.rootFolder.wire, "type": .array(types.map { .string($0) }), "recursive": true,
            ])
        guard let view = VIReference(wire: JSONReader.value(of: body)) else {
            throw .unreadable("the vCenter did not name the view that it made")
        }
        return view
    }
}
