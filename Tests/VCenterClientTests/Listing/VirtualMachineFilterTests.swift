import GuestCustomization
import HistoryConfiguration
import Logging
import TestSupport
import Testing
import VCenterClient
import VCenterSimulator

@Suite struct VirtualMachineFilterTests {
    /// Checks the VMs that the filter keeps, in the order of their ids, and the vCenter that listed them.
    private func withListing(
        through filter: VirtualMachineFilter, _ change: (inout SimulatedVCenter.Options) -> Void = { _ in },
        _ check: (Result<[String], HistoryError>, SimulatedVCenter) throws -> Void
    ) async throws {
        var options = SimulatedVCenter.Options(clock: Timestamp.now)
        options.virtualMachines = 300
        change(&options)
        try await SimulatedVCenter.withRunning(options) { simulated in
            let vCenter = VCenter(
                VCenterConfiguration(
                    address: try VCenterURL(simulated.url).address,
                    credentials: .login(user: simulated.user, password: Secret(simulated.password)), trust: .insecure,
                    filter: filter),
                logger: Logger(label: "test"), now: Timestamp.now, clock: .system)
            let listed: Result<[String], HistoryError>
            do throws(HistoryError) {
                listed = .success(try await vCenter.virtualMachines().virtualMachines.map(\.id).sorted())
            } catch {
                listed = .failure(error)
            }
            await vCenter.close()
            try check(listed, simulated)
            #expect(simulated.liveSessions == 0)
        }
    }

    struct Example: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var filter: VirtualMachineFilter
        var isKept: @Sendable (SimulatedVirtualMachine) -> Bool
    }

    static let examples = [
        Example(testDescription: "no filter", filter: VirtualMachineFilter()) { _ in true },
        Example(testDescription: "globs", filter: VirtualMachineFilter(names: ["*-prod-*", "?京*"])) {
            $0.name.contains("-prod-") || $0.name.hasPrefix("東京")
        },
        Example(testDescription: "power states", filter: VirtualMachineFilter(powerStates: [.off, .suspended])) {
            $0.powerState != "POWERED_ON"
        },
        Example(testDescription: "a folder's id", filter: VirtualMachineFilter(folders: ["group-v22"])) {
            $0.folder == "group-v22"
        },
        Example(testDescription: "a folder with folders in it", filter: VirtualMachineFilter(folders: ["group-v21"])) {
            ["group-v21", "group-v23", "group-v24"].contains($0.folder)
        },
        Example(testDescription: "a name as people see it", filter: VirtualMachineFilter(folders: ["Web/Front"])) {
            ["group-v23", "group-v24", "group-v33", "group-v34"].contains($0.folder)
        },
        Example(testDescription: "a name as the API writes it", filter: VirtualMachineFilter(folders: ["Web%2FFront"]))
        {
            ["group-v23", "group-v24", "group-v33", "group-v34"].contains($0.folder)
        },
        Example(
            testDescription: "a name in the other form of Unicode",
            filter: VirtualMachineFilter(folders: ["50% Z\u{FC}rich"])
        ) {
            ["group-v24", "group-v34"].contains($0.folder)
        },
        Example(
            testDescription: "a folder and one below it",
            filter: VirtualMachineFilter(folders: ["Web/Front", "vm", "group-v24"])
        ) { _ in true },
        Example(
            testDescription: "globs on names as people see them",
            filter: VirtualMachineFilter(names: ["ci/cd-*", "50%*"])
        ) {
            $0.name.hasPrefix("ci/cd-") || $0.name.hasPrefix("50%")
        },
        Example(testDescription: "a glob as the API writes it", filter: VirtualMachineFilter(names: ["ci%2fcd-*"])) {
            $0.name.hasPrefix("ci/cd-")
        },
        Example(testDescription: "a name of two folders", filter: VirtualMachineFilter(folders: ["Linux"])) {
            $0.guest == .linux
        },
        Example(
            testDescription: "folders by id and name", filter: VirtualMachineFilter(folders: ["group-v22", "Linux"])
        ) {
            $0.guest == .linux || $0.folder == "group-v22"
        },
        Example(testDescription: "a cluster's name", filter: VirtualMachineFilter(clusters: ["Compute 8"])) {
            $0.host.cluster == "domain-c8"
        },
        Example(testDescription: "a datacenter's name", filter: VirtualMachineFilter(datacenters: ["Zürich"])) {
            $0.host.datacenter == "datacenter-2"
        },
        Example(
            testDescription: "hosts by id and name",
            filter: VirtualMachineFilter(hosts: ["host-11", "esx-12.example.com"])
        ) { ["host-11", "host-12"].contains($0.host.id) },
        Example(
            testDescription: "all that is given must hold",
            filter: VirtualMachineFilter(
                names: ["*-prod-*"], folders: ["Linux"], clusters: ["domain-c7"], powerStates: [.on])
        ) {
            $0.name.contains("-prod-") && $0.guest == .linux && $0.host.cluster == "domain-c7"
                && $0.powerState == "POWERED_ON"
        },
    ]

    @Test(arguments: examples)
    func `a filter keeps the VMs that it names`(example: Example) async throws {
        try await withListing(through: example.filter) { listed, simulated throws in
            let expected = simulated.virtualMachines.filter(example.isKept).map(\.id).sorted()
            #expect(!expected.isEmpty)
            #expect(try listed.get() == expected)
        }
    }

    @Test(arguments: examples)
    func `a filter keeps the same VMs however the server compares names`(example: Example) async throws {
        try await withListing(through: example.filter) {
            $0.comparesNamesDecoded = true
        } _: { listed, simulated throws in
            #expect(try listed.get() == simulated.virtualMachines.filter(example.isKept).map(\.id).sorted())
        }
    }

    /// 300 VMs on 6 hosts: a host has about 50, and never 90.
    @Test(arguments: examples)
    func `a filter keeps the same VMs if there are more than one listing may hold`(example: Example) async throws {
        try await withListing(through: example.filter) {
            $0.virtualMachineLimit = 90
        } _: { listed, simulated throws in
            #expect(try listed.get() == simulated.virtualMachines.filter(example.isKept).map(\.id).sorted())
        }
    }

    @Test func `a filter asks only the hosts that it selects when hosts are listed one by one`() async throws {
        try await withListing(through: VirtualMachineFilter(hosts: ["host-11", "host-12"])) {
            $0.virtualMachineLimit = 70
        } _: { listed, simulated throws in
            #expect(try listed.get().isEmpty == false)
            #expect(simulated.activity.requests[.virtualMachineList] == 3)
        }
        try await withListing(through: VirtualMachineFilter(clusters: ["domain-c7"])) {
            $0.virtualMachineLimit = 70
        } _: { listed, simulated throws in
            let hosts = simulated.hosts.filter { $0.cluster == "domain-c7" }
            #expect(hosts.count < simulated.hosts.count)
            #expect(try listed.get().isEmpty == false)
            #expect(simulated.activity.requests[.virtualMachineList] == 1 + hosts.count)
        }
    }

    @Test(arguments: [
        (VirtualMachineFilter(folders: ["Linux", "Prod\u{202E}uction"]), #"no folder "Prod?uction""#),
        (VirtualMachineFilter(folders: ["group-v99"]), #"no folder "group-v99""#),
        // Folders of hosts and of datacenters contain no VM.
        (VirtualMachineFilter(folders: ["host"]), #"no folder "host""#),
        (VirtualMachineFilter(clusters: ["Compute"]), #"no cluster "Compute""#),
        (VirtualMachineFilter(hosts: ["esx-99.example.com"]), #"no host "esx-99.example.com""#),
        (VirtualMachineFilter(datacenters: ["datacenter-9"]), #"no datacenter "datacenter-9""#),
    ])
    func `a filter that names a missing object fails with its name and does not poll fewer VMs`(
        filter: VirtualMachineFilter, words: String
    ) async throws {
        try await withListing(through: filter) { listed, simulated throws in
            let failure = #expect(throws: HistoryError.self) { try listed.get() }
            #expect(failure?.code == .configuration)
            #expect(failure?.message.contains(words) == true, "\(failure?.message ?? "")")
            #expect(simulated.activity.requests[.virtualMachineList] == nil)
        }
    }

    @Test func `a name of more folders than one listing may hold fails with an error`() async throws {
        try await withListing(through: VirtualMachineFilter(folders: ["Linux"])) {
            $0.containerLimit = 1
        } _: { listed, _ throws in
            let failure = #expect(throws: HistoryError.self) { try listed.get() }
            #expect(failure?.code == .listingFailed)
            #expect(failure?.message.contains("/api/vcenter/folder?names=Linux") == true)
            #expect(failure?.message.contains("More than 1 matches") == true)
        }
    }
}
