import Foundation
import GuestCustomization
import Testing
import VCenterSimulator

@testable import VCenterClient

/// What the client reads about all VMs in bulk from the simulated vCenter.
@Suite struct PropertyMeetingTests {
    private static let readings: Set<String> = ["RetrievePropertiesEx", "ContinueRetrievePropertiesEx"]

    @Test(arguments: EventMeetingTests.releases)
    func `every VM and template is told once, by what it is and where`(release: String) async throws {
        try await withMetVCenter(release, adjusting: { $0.maximumObjects = 7 }) { client, simulated async throws in
            let found = try await client.attributes()
            let expected = simulated.virtualMachines.map(\.id) + SimulatedTemplate.all.map(\.id)
            #expect(Set(found.keys) == Set(expected))
            let folders = Dictionary(simulated.folders.map { ($0.id, $0) }) { first, _ in first }
            for vm in simulated.virtualMachines {
                let told = try #require(found[vm.id])
                #expect(told.name?.shown == vm.name && told.instanceUUID == vm.instanceUUID)
                #expect(told.host == vm.host.name && told.cluster == vm.host.clusterName)
                #expect(told.datacenter == vm.host.datacenterName && told.isTemplate == false)
                var (path, next) = ([String](), folders[vm.folder])
                while let folder = next, folder.name != "vm" {
                    path.insert(folder.name.replacing("/", with: "%2f"), at: 0)
                    next = folders[folder.parent]
                }
                #expect(told.folder == path.joined(separator: "/"))
            }
            for template in SimulatedTemplate.all {
                #expect(found[template.id]?.isTemplate == true && found[template.id]?.name?.shown == template.name)
            }
        }
    }

    @Test(
        arguments: ["9.0.0.0", "8.0.1.0"],
        [
            SimulatedFault.endAllSessions, .answer(.viFault("NotAuthenticated")),
            .answer(.viFault("ManagedObjectNotFound")),
            .answer(.serviceUnavailable()), .reset, .closeWithoutAnswer, .cutBody(afterBytes: 300),
            .answer(SimulatedResponse(status: 200, body: #"{"objects":["#)),
        ])
    func `a fault in mid-read costs no VM and tells none twice`(release: String, fault: SimulatedFault) async throws {
        for first in 0..<3 {
            try await withMetVCenter(release, adjusting: { $0.maximumObjects = 20 }) { client, simulated async throws in
                let count = Taken<Int>()
                simulated.inject(fault, times: 1) { request in
                    guard Self.readings.contains(request.vimMember ?? "") else { return false }
                    count.add([1])
                    return count.all.count > 2 * first
                }
                #expect(try await client.attributes().count == 60 + SimulatedTemplate.all.count)
            }
        }
    }

    @Test(arguments: [("NoPermission", Int?.none), ("InvalidArgument", nil), ("InvalidArgument", 1)])
    func `a vCenter that refuses to go on by token is asked for objects by name`(kind: String, times: Int?) async throws
    {
        try await withMetVCenter(adjusting: {
            $0.maximumObjects = 100
            $0.virtualMachines = 400
        }) { client, simulated async throws in
            simulated.inject(.answer(.viFault(kind)), times: times) { $0.vimMember == "ContinueRetrievePropertiesEx" }
            #expect(try await client.attributes().count == 400 + SimulatedTemplate.all.count)
        }
    }

    @Test func `a session that ends after a few requests costs no VM`() async throws {
        try await withMetVCenter(adjusting: {
            $0.maximumObjects = 10
            $0.sessionRequests = 4
        }) { client, simulated async throws in
            #expect(try await client.attributes().count == 60 + SimulatedTemplate.all.count)
            #expect(simulated.activity.logins > 2)
        }
    }

    @Test func `a VM that is removed in mid-read stops nothing, and what may not be seen is counted`() async throws {
        try await withMetVCenter(adjusting: { $0.maximumObjects = 10 }) { client, simulated async throws in
            simulated.setUnauthenticated(["vm-1003"])
            try simulated.setAccess(to: "vm-1004", isDenied: true)
            let pages = Taken<AttributePage>()
            try await client.readAttributes { page in
                pages.add([page])
                try? simulated.removeVirtualMachine("vm-1050")
            }
            #expect(pages.all.flatMap(\.virtualMachines).count >= 58 + SimulatedTemplate.all.count)
            #expect(pages.all.flatMap(\.virtualMachines).allSatisfy { $0.vm != "vm-1004" })
            #expect(pages.all.map { $0.missing["NotAuthenticated", default: 0] }.reduce(0, +) > 5)
        }
    }

    @Test(arguments: EventMeetingTests.releases)
    func `customizations in bulk are those that each VM tells`(release: String) async throws {
        try await withMetVCenter(release, adjusting: { $0.maximumObjects = 25 }) { client, simulated async throws in
            let taken = Taken<BulkCustomization>()
            try await client.readCustomizations { taken.add($0.customizations) }
            let found = Dictionary(taken.all.map { ($0.vm, $0) }) { first, _ in first }
            #expect(found.count == taken.all.count)
            for vm in simulated.virtualMachines {
                let answer = try await client.lastCustomization(of: vm.id, endpoint: .customization).answer
                #expect(found[vm.id]?.info == answer.info, "\(vm.id)")
            }
        }
    }

    @Test(arguments: EventMeetingTests.releases)
    func `sources of VMs are told by the events of their making`(release: String) async throws {
        try await withMetVCenter(release) { client, simulated async throws in
            let taken = Taken<VirtualMachineSource>()
            try await client.readSources(since: EventPosition()) { sources, _ in taken.add(sources) }
            let told = simulated.events.filter { $0.source != nil }
            #expect(taken.all.map(\.vm) == told.compactMap(\.vm?.id) && told.count > 5)
            #expect(taken.all.map(\.source.shown) == told.compactMap(\.source?.name))
        }
    }
}
