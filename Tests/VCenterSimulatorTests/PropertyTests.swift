import Foundation
import GuestCustomization
import Testing
import VCenterSimulator

@Suite struct PropertyTests {
    /// The values of an object's properties, unboxed.
    private func values(_ object: [String: Any]) -> [String: Any] {
        let set = object["propSet"] as? [[String: Any]] ?? []
        return Dictionary(
            set.map { property in
                let value = property["val"] as? [String: Any] ?? [:]
                return (property["name"] as? String ?? "", value["_value"] ?? value["value"] ?? value)
            }, uniquingKeysWith: { first, _ in first })
    }

    @Test func `properties come in parts, each cut earlier than asked, and tell all VMs and templates once`()
        async throws
    {
        try await withVCenter {
            $0.maximumObjects = 20
        } _: { vCenter, client async throws in
            let vim = try await VIMClient.loggedIn(client)
            let view = try await vim.view(of: "VirtualMachine")
            let paths = ["name", "config.template", "config.instanceUuid", "runtime.host", "guest.customizationInfo"]
            var reply = try await vim.properties(paths, of: "VirtualMachine", view: view)
            var objects: [[String: Any]] = []
            while true {
                let page = reply.object["objects"] as? [[String: Any]] ?? []
                #expect(page.count <= 20 && !page.isEmpty)
                objects += page
                guard let token = reply.object["token"] as? String else { break }
                reply = try await vim.call(
                    "PropertyCollector", "propertyCollector", "ContinueRetrievePropertiesEx", ["token": token])
            }
            let machines = vCenter.virtualMachines
            #expect(objects.count == machines.count + SimulatedTemplate.all.count)
            let templates = objects.filter { values($0)["config.template"] as? Bool == true }
            #expect(templates.count == SimulatedTemplate.all.count)
            for (object, machine) in zip(objects.suffix(machines.count), machines) {
                let values = values(object)
                #expect(values["name"] as? String == machine.name)
                #expect(values["config.instanceUuid"] as? String == machine.instanceUUID)
                #expect(values["runtime.host"] as? String == machine.host.id)
                let bulk = values["guest.customizationInfo"] as? [String: Any]
                let single = try await client.lastCustomization(of: machine.id, .customization, token: vim.token ?? "")
                let status = single.object["status"] as? String ?? ""
                #expect(bulk?["customizationStatus"] as? String == "TOOLSDEPLOYPKG_\(status)")
                #expect(bulk?["startTime"] as? String == single.object["start_time"] as? String)
                #expect(bulk?["endTime"] as? String == single.object["end_time"] as? String)
                #expect(bulk?["errorMsg"] as? String == single.object["error"] as? String)
            }
            #expect(vCenter.liveViews == 1)
            #expect(try await vim.call("ContainerView", view, "DestroyView").status == 204)
            #expect(vCenter.liveViews == 0)
        }
    }

    @Test func `every VM leads by its parents to the root folder`() async throws {
        try await withVCenter { vCenter, client async throws in
            let vim = try await VIMClient.loggedIn(client)
            var parents: [String: String] = [:]
            for type in ["VirtualMachine", "HostSystem", "ClusterComputeResource", "Folder", "Datacenter"] {
                let view = try await vim.view(of: type)
                let reply = try await vim.properties(["name", "parent"], of: type, view: view)
                for object in reply.object["objects"] as? [[String: Any]] ?? [] {
                    let id = (object["obj"] as? [String: Any])?["value"] as? String ?? ""
                    parents[id] = values(object)["parent"] as? String
                }
            }
            for start in vCenter.virtualMachines.map(\.id) + vCenter.hosts.map(\.id) {
                var (place, steps) = (start, 0)
                while place != "group-d1", steps < 10, let parent = parents[place] {
                    (place, steps) = (parent, steps + 1)
                }
                #expect(place == "group-d1")
            }
        }
    }

    @Test func `tests can take objects away, replace values and name unknown paths`() async throws {
        try await withVCenter { vCenter, client async throws in
            let vim = try await VIMClient.loggedIn(client)
            let ids = vCenter.virtualMachines.map(\.id)
            vCenter.setUnauthenticated([ids[0]])
            vCenter.setProperty("name", of: ids[1], json: #"{"_typeName":"Strange","x":1}"#)
            try vCenter.setAccess(to: ids[2], isDenied: true)
            let view = try await vim.view(of: "VirtualMachine")
            let objects = try await vim.properties(["name"], of: "VirtualMachine", view: view).object["objects"]
            let found = (objects as? [[String: Any]] ?? []).dropFirst(SimulatedTemplate.all.count)
            let missing = (found.first?["missingSet"] as? [[String: Any]])?.first?["fault"] as? [String: Any]
            #expect(missing?["_typeName"] as? String == "NotAuthenticated")
            #expect((values(found.dropFirst().first ?? [:])["name"] as? [String: Any])?["x"] as? Int == 1)
            #expect(found.count == ids.count - 1)
            #expect(
                try await vim.properties(["config.nothing"], of: "VirtualMachine", view: view).fault
                    == "InvalidProperty")
            #expect(
                try await vim.properties(["name"], of: "VirtualMachine", view: "x").fault == "ManagedObjectNotFound")
        }
    }
}
