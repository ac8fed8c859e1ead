import GuestCustomization

/// The hosts, clusters, folders and datacenters of a vCenter, by which places are named.
struct InventoryPlaces: Sendable {
    static let types = ["HostSystem", "ClusterComputeResource", "Folder", "Datacenter"]
    static let paths = ["name", "parent"]
    /// vCenter's inventory is not nested deeper; a server's may be a circle.
    private static let maximumDepth = 200

    private struct Place {
        var type: String
        var name: InventoryName
        var parent: String?
    }

    private var places: [String: Place] = [:]

    /// Takes in a page of objects.
    mutating func add(_ objects: [WireProperties]) {
        for object in objects {
            guard let name = object.text("name") else { continue }
            places[object.object.id] = Place(
                type: object.object.type, name: InventoryName(raw: name), parent: object.reference("parent")?.id)
        }
    }

    /// Fills in where a VM is.
    func place(_ attributes: inout VirtualMachineAttributes, host: VIReference?, folder: VIReference?) {
        if let host, let place = places[host.id] {
            attributes.host = place.name.shown
            if let parent = place.parent.flatMap({ places[$0] }), parent.type == "ClusterComputeResource" {
                attributes.cluster = parent.name.shown
            }
        }
        let way = folder.map { self.way(from: $0.id) } ?? []
        if let datacenter = way.last, datacenter.type == "Datacenter" {
            attributes.datacenter = datacenter.name.shown
            // The last but one is the datacenter's own folder, `vm`, which people do not see.
            attributes.folder = way.dropLast(2).reversed().map(\.name.segment).joined(separator: "/")
        } else if let host, let datacenter = self.way(from: host.id).last, datacenter.type == "Datacenter" {
            attributes.datacenter = datacenter.name.shown
        }
    }

    /// From an object up to its datacenter, or as far as the account may see.
    private func way(from id: String) -> [Place] {
        var way: [Place] = []
        var next: String? = id
        while let id = next, let place = places[id], way.count < Self.maximumDepth {
            way.append(place)
            if place.type == "Datacenter" { break }
            next = place.parent
        }
        return way
    }
}

extension InventoryName {
    /// As part of a path: only a `/` stays escaped.
    fileprivate var segment: String {
        shown.split(separator: "/", omittingEmptySubsequences: false).joined(separator: "%2f")
    }
}
