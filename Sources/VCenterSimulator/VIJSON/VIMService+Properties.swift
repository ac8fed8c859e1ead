import GuestCustomization

extension VIMService {
    func viewManager(_ call: Call) throws(VIFault) -> VIValue? {
        guard call.member == "CreateContainerView" else { throw .notSupported }
        let arguments = call.arguments
        guard try arguments.reference("container") == VIReference(type: "Folder", id: "group-d1") else {
            throw .invalidArgument("container")
        }
        // Only the whole inventory: the root folder contains nothing but datacenters without it.
        guard try arguments.boolean("recursive") == true else { throw .invalidArgument("recursive") }
        let types = try arguments.strings("type")
        for type in types where InventoryObject.paths[type] == nil { throw .invalidArgument("type") }
        let members = inventory.filter { types.isEmpty || types.contains($0.reference.type) }
        let id = Self.newID()
        try objects.with(call.session) { (owned) throws(VIFault) in owned.views[id] = members }
        return .reference(VIReference(type: "ContainerView", id: id))
    }

    /// All objects below the root folder that the account may view.
    private var inventory: [InventoryObject] {
        places + estate.entries.filter { !$0.isDenied }.map { .virtualMachine($0) }
    }

    /// All but the VMs that can run.
    private var places: [InventoryObject] {
        let hosts = estate.hosts
        return estate.folders.dropFirst().map { .folder($0) }
            + hosts.first(ofEach: \.datacenter).map { .datacenter($0) }
            + hosts.first(ofEach: \.cluster).map { .cluster($0) } + hosts.map { .host($0) }
            + SimulatedTemplate.all.map { .template($0, hosts[0]) }
    }

    /// `nil` if there is none, or the account may not view it.
    private func object(_ reference: VIReference, among places: [InventoryObject]) -> InventoryObject? {
        if reference.type == "VirtualMachine", let entry = estate[reference.id] {
            return entry.isDenied ? nil : .virtualMachine(entry)
        }
        return places.first { $0.reference == reference }
    }

    func propertyCollector(_ call: Call) throws(VIFault) -> VIValue? {
        switch call.member {
        case "RetrievePropertiesEx": return try retrieve(call)
        case "ContinueRetrievePropertiesEx", "CancelRetrievePropertiesEx":
            let token = try call.arguments.string("token") ?? ""
            let found = try objects.with(call.session) { (owned) throws(VIFault) in
                owned.remainders.removeValue(forKey: token)
            }
            guard let found else { throw .invalidArgument("token") }
            return call.member == "CancelRetrievePropertiesEx" ? nil : try page(of: found, call)
        default: throw .notSupported
        }
    }

    private func retrieve(_ call: Call) throws(VIFault) -> VIValue? {
        let specs = try call.arguments.list("specSet")
        guard specs.count == 1, let options = call.arguments["options"] else { throw .invalidArgument("specSet") }
        let maximumCount = try options.integer("maxObjects") ?? self.options.maximumObjects
        guard maximumCount > 0 else { throw .invalidArgument("options.maxObjects") }
        var paths: [String: [String]] = [:]
        for spec in try specs[0].list("propSet") {
            let type = try spec.string("type") ?? ""
            guard let known = InventoryObject.paths[type] ?? (type == "ContainerView" ? ["view"] : nil) else { throw .invalidArgument("propSet.type") }
            let wanted = try spec.boolean("all") == true ? known : spec.strings("pathSet")
            for path in wanted where !known.contains(path) { throw .invalidProperty(path) }
            paths[type] = wanted
        }
        var objects: [InventoryObject] = []
        let places = self.places
        for spec in try specs[0].list("objectSet") { objects += try selected(by: spec, among: places, call) }
        objects = objects.filter { paths[$0.reference.type] != nil }
        // Nothing selected is no result at all.
        guard !objects.isEmpty else { return nil }
        let all = SessionObjects.Remainder(objects: objects, paths: paths, maximumCount: maximumCount)
        return try page(of: all, call)
    }

    /// The objects of an `ObjectSpec`: a view's by its traversal, or the one that is named.
    private func selected(
        by spec: VIArgument, among places: [InventoryObject], _ call: Call
    ) throws(VIFault) -> [InventoryObject] {
        guard let object = try spec.reference("obj") else { throw .invalidArgument("objectSet.obj") }
        if object.type == "ContainerView" {
            let members = try self.objects.with(call.session) { (owned) throws(VIFault) in owned.views[object.id] }
            guard let members else { throw .notFound(object) }
            for step in try spec.list("selectSet") {
                guard try step.string("_typeName") == "TraversalSpec", try step.string("type") == "ContainerView",
                    try step.string("path") == "view"
                else { throw .invalidArgument("selectSet") }
                return try step.boolean("skip") == true ? [] : members
            }
            return try spec.boolean("skip") == true ? [] : [.view(object.id, members.map(\.reference))]
        }
        guard try spec.list("selectSet").isEmpty else { throw .notSupported }
        guard let found = self.object(object, among: places) else { throw .notFound(object) }
        return try spec.boolean("skip") == true ? [] : [found]
    }

    private func page(of all: SessionObjects.Remainder, _ call: Call) throws(VIFault) -> VIValue {
        let count = min(all.maximumCount, options.maximumObjects)
        let script = self.script.withLock { $0 }
        let contents = all.objects.prefix(count).map { content($0, all.paths, script, at: call.now) }
        var members: [(name: String, value: VIValue)] = []
        if all.objects.count > count {
            var rest = all
            rest.objects.removeFirst(count)
            let kept = rest
            let token = try objects.with(call.session) { (owned) throws(VIFault) in
                let token = String(owned.nextToken)
                owned.nextToken += 1
                owned.remainders[token] = kept
                return token
            }
            members.append(("token", .string(token)))
        }
        members.append(("objects", .list(contents)))
        return .structure("RetrieveResult", members)
    }

    private func content(
        _ object: InventoryObject, _ paths: [String: [String]], _ script: Script, at now: Timestamp
    ) -> VIValue {
        let reference = object.reference
        let wanted = paths[reference.type] ?? []
        var members: [(name: String, value: VIValue)] = [("obj", .reference(reference))]
        if script.unauthenticated.contains(reference.id) {
            let missing = wanted.map { path in
                VIValue.structure(
                    "MissingProperty", [("path", .string(path)), ("fault", VIFault.notAuthenticated.value)])
            }
            members.append(("missingSet", .list(missing)))
            return .structure("ObjectContent", members)
        }
        let replaced = script.properties[reference.id] ?? [:]
        let properties = wanted.compactMap { path -> VIValue? in
            let value = replaced[path].map { .json($0) } ?? object.property(path, at: now)
            return value.map { .structure("DynamicProperty", [("name", .string(path)), ("val", $0)]) }
        }
        if !properties.isEmpty { members.append(("propSet", .list(properties))) }
        return .structure("ObjectContent", members)
    }
}
