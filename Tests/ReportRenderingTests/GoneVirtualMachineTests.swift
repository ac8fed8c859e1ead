import Foundation
import GuestCustomization
import ReportRendering
import TestSupport
import Testing

/// A VM that its vCenter no longer lists is marked in every format and comes after the others.
@Suite struct GoneVirtualMachineTests {
    private let some = report([
        customization(.failed, end: 500, vm: "vm-7", name: "web-01", isListed: false, error: "no Perl"),
        customization(.succeeded, end: 400, vm: "vm-8", name: "web-01"),
        customization(.succeeded, end: 300, vm: "vm-9", name: "db-01"),
    ])

    @Test func `the table marks a gone VM`() throws {
        let lines = TableRenderer().render(some).split(separator: "\n")
        let last = try #require(lines.last { $0.contains("web-01") })
        #expect(last.hasPrefix("– web-01 (vm-7, gone)"))
        #expect(lines.contains { $0.contains("virtual machines") && $0.contains("2 ok, 1 gone") })
        #expect(!lines.contains { $0.contains("failing") })
    }

    @Test func `the other formats mark a gone VM`() throws {
        let csv = CSVRenderer().render(some).split(separator: "\r\n")
        #expect(csv[0].hasPrefix("vcenter,vm,name,condition,is_listed,"))
        #expect(csv.last?.hasPrefix("vc-a,vm-7,web-01,gone,false,") == true)
        #expect(csv[1].hasPrefix("vc-a,vm-9,db-01,ok,true,"))

        struct VM: Decodable { var vm, condition: String, is_listed: Bool }
        struct Parsed: Decodable { var virtual_machines: [VM] }
        let json = try JSONDecoder().decode(Parsed.self, from: Data(JSONRenderer().render(some).utf8))
        #expect(json.virtual_machines.map(\.vm) == ["vm-9", "vm-8", "vm-7"])
        #expect(json.virtual_machines.map(\.is_listed) == [true, true, false])
        #expect(json.virtual_machines.map(\.condition) == ["ok", "ok", "gone"])

        #expect(MarkdownRenderer().render(some).contains("| web-01 (vm-7) | gone |"))
        #expect(HTMLRenderer().render(some).contains(">gone</span>"))
    }

    @Test func `a limit drops gone VMs first and says so`() {
        #expect(TableRenderer(limit: 2).render(some).contains("… and 1 more VM: 1 gone"))
    }

    @Test func `show marks a gone VM and names gone VMs of the same name`() {
        let gone = KnownVirtualMachine(
            vCenter: "vc-a", vm: "vm-7", name: "web-01", instanceUUID: nil, isListed: false)
        var history = VirtualMachineHistory(
            machine: gone, names: [], latestPolls: [], customizations: [], earlierCustomizations: 0)
        let table = VirtualMachineHistoryTable(TableFormat(timeZone: berlin))
        #expect(table.render(history, generatedAt: at(0)).hasPrefix("web-01 (vm-7) in vc-a, gone, times in"))
        #expect(VirtualMachineHistoryJSON().render(history, generatedAt: at(0)).contains("\"is_listed\": false"))

        history.machine = KnownVirtualMachine(vCenter: "vc-a", vm: "vm-8", name: "web-01", instanceUUID: nil)
        history.namesakes = [gone]
        #expect(table.render(history, generatedAt: at(0)).contains("gone namesakes  vm-7 in vc-a (web-01)"))
        #expect(!table.render(history, generatedAt: at(0)).contains("vc-a, gone"))
    }
}
