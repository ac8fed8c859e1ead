import GuestCustomization
import Testing
import VCenterSimulator

@Suite struct ListingTests {
    @Test func `every VM is listed once with id, name and power state`() async throws {
        try await withVCenter { vCenter, client in
            let list = try await client.get("/api/vcenter/vm", token: client.logIn()).array
            #expect(list.count == 50)
            #expect(list.compactMap { $0["vm"] as? String } == vCenter.virtualMachines.map(\.id))
            #expect(list.compactMap { $0["name"] as? String } == vCenter.virtualMachines.map(\.name))
            #expect(list.first?["vm"] as? String == "vm-1001")
            #expect(list.allSatisfy { ($0["power_state"] as? String) != nil && ($0["memory_size_MiB"] as? Int) != nil })
        }
    }

    @Test func `each filter keeps what it names, may be repeated, and several filters must all match`() async throws {
        try await withVCenter {
            $0.virtualMachines = 300
        } _: { vCenter, client in
            let token = try await client.logIn()
            let all = vCenter.virtualMachines
            func ids(_ query: String) async throws -> [String] {
                try await client.get("/api/vcenter/vm?\(query)", token: token).array.compactMap { $0["vm"] as? String }
            }
            let (one, other) = (all[3], all[200])
            #expect(try await ids("vms=\(one.id)&vms=\(other.id)") == [one.id, other.id])
            #expect(try await ids("vms=\(one.id)&power_states=\(one.powerState)") == [one.id])
            let properties: [(String, (SimulatedVirtualMachine) -> String)] = [
                ("hosts", \.host.id), ("clusters", \.host.cluster), ("datacenters", \.host.datacenter),
                ("resource_pools", \.host.resourcePool), ("folders", \.folder), ("power_states", \.powerState),
            ]
            for (filter, property) in properties {
                let values = Set(all.map(property))
                #expect(values.count > 1, "the filter \(filter) would mean nothing")
                for value in values {
                    #expect(try await ids("\(filter)=\(value)") == all.filter { property($0) == value }.map(\.id))
                }
                let everything = values.map { "\(filter)=\($0)" }.joined(separator: "&")
                #expect(try await ids(everything).count == all.count)
            }
        }
    }

    @Test func `names in any script can be filtered by, percent-encoded or with a plus for a space`() async throws {
        try await withVCenter { vCenter, client in
            let machine = vCenter.addVirtualMachine(named: "東京 web & co")
            let list = try await client.get(
                "/api/vcenter/vm?names=%E6%9D%B1%E4%BA%AC+web%20%26%20co", token: client.logIn())
            #expect(list.array.compactMap { $0["vm"] as? String } == [machine.id])
            #expect(list.array.first?["name"] as? String == machine.name)
        }
    }

    @Test(arguments: ["power_states=ON", "filter.names=web", "page=2"])
    func `an invalid filter or power state is refused, not ignored`(query: String) async throws {
        try await withVCenter { _, client in
            let reply = try await client.get("/api/vcenter/vm?\(query)", token: client.logIn())
            #expect(reply.status == 400)
            #expect(reply.errorType == "INVALID_ARGUMENT")
        }
    }

    @Test func `more than 4000 VMs are an error, and hosts divide them`() async throws {
        try await withVCenter {
            $0.virtualMachines = 4001
        } _: { vCenter, client in
            let token = try await client.logIn()
            let all = try await client.get("/api/vcenter/vm", token: token)
            #expect(all.status == 500)
            #expect(all.errorType == "UNABLE_TO_ALLOCATE_RESOURCE")
            #expect(all.messageID == "com.vmware.api.vcenter.vm.too_many_matches")

            var byHost: [String] = []
            for host in try await client.get("/api/vcenter/host", token: token).array {
                #expect(host["connection_state"] as? String == "CONNECTED")
                let id = try #require(host["host"] as? String)
                byHost += try await client.get("/api/vcenter/vm?hosts=\(id)", token: token).array
                    .compactMap { $0["vm"] as? String }
            }
            #expect(byHost.sorted() == vCenter.virtualMachines.map(\.id).sorted())

            try vCenter.removeVirtualMachine("vm-1001")
            #expect(try await client.get("/api/vcenter/vm", token: token).array.count == 4000)
        }
    }

    @Test func `limits can be lowered, and the error's HTTP status can be selected`() async throws {
        try await withVCenter {
            $0.virtualMachineLimit = 49
            $0.hostLimit = 3
            $0.tooManyMatchesStatus = 400
        } _: { _, client in
            let token = try await client.logIn()
            #expect(try await client.get("/api/vcenter/vm", token: token).status == 400)
            let hosts = try await client.get("/api/vcenter/host", token: token)
            #expect(hosts.errorType == "UNABLE_TO_ALLOCATE_RESOURCE")
            #expect(try await client.get("/api/vcenter/host?hosts=host-11", token: token).array.count == 1)
        }
    }

    @Test func `containers of VMs are listed by id and name and can be filtered`() async throws {
        try await withVCenter { vCenter, client in
            let token = try await client.logIn()
            func list(_ path: String) async throws -> [String] {
                let kind = String(path.prefix { $0 != "?" })
                return try await client.get("/api/vcenter/\(path)", token: token).array.map {
                    "\($0[kind] as? String ?? "") \($0["name"] as? String ?? "")"
                }
            }
            #expect(try await list("datacenter") == ["datacenter-2 Zürich", "datacenter-3 Berlin"])
            #expect(try await list("datacenter?names=Z%C3%BCrich&names=Bonn") == ["datacenter-2 Zürich"])
            #expect(try await list("cluster") == ["domain-c7 Compute 7", "domain-c8 Compute 8"])
            #expect(try await list("cluster?names=Compute%208") == ["domain-c8 Compute 8"])
            #expect(try await list("cluster?clusters=domain-c7&datacenters=datacenter-3") == [])
            #expect(try await list("folder").count == vCenter.folders.count)
            #expect(try await list("folder?names=Linux").count == 4)
            #expect(
                try await list("folder?names=Linux&type=VIRTUAL_MACHINE") == ["group-v21 Linux", "group-v31 Linux"])
            #expect(try await list("folder?parent_folders=group-v30&names=Windows") == ["group-v32 Windows"])
            #expect(try await list("host?names=esx-12.example.com") == ["host-12 esx-12.example.com"])
            let folder = try #require(
                try await client.get("/api/vcenter/folder?folders=group-v21", token: token).array.first)
            #expect(folder["type"] as? String == "VIRTUAL_MACHINE")
            #expect(try await client.get("/api/vcenter/folder?type=VM", token: token).status == 400)
        }
        try await withVCenter {
            $0.containerLimit = 1
        } _: { _, client in
            let reply = try await client.get("/api/vcenter/cluster", token: client.logIn())
            #expect(reply.errorType == "UNABLE_TO_ALLOCATE_RESOURCE")
            #expect(reply.messageID == "com.vmware.api.vcenter.cluster.too_many_matches")
        }
    }

    @Test func `a VM keeps its instance UUID when it is registered again`() async throws {
        try await withVCenter { vCenter, client in
            let token = try await client.logIn()
            func identity(_ id: String) async throws -> [String: String] {
                try await client.get("/api/vcenter/vm/\(id)", token: token).object["identity"] as? [String: String]
                    ?? [:]
            }
            let before = try await identity("vm-1001")
            let again = try vCenter.reregisterVirtualMachine("vm-1001")
            let after = try await identity(again.id)
            #expect(before.keys.sorted() == ["bios_uuid", "instance_uuid", "name"])
            #expect(after == before)
            #expect(again.id == "vm-1051")
            #expect(try await client.get("/api/vcenter/vm/vm-1001", token: token).status == 404)
        }
    }
}
