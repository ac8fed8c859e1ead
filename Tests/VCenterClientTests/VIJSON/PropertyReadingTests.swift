import GuestCustomization
import Testing

@testable import VCenterClient

@Suite struct PropertyReadingTests {
    private static func object(_ type: String, _ id: String, _ properties: String) -> String {
        #"{"obj":{"type":"\#(type)","value":"\#(id)"},"propSet":[\#(properties)]}"#
    }

    private static func text(_ name: String, _ value: String) -> String {
        #"{"name":"\#(name)","val":{"_typeName":"string","_value":"\#(value)"}}"#
    }

    private static func reference(_ name: String, _ type: String, _ id: String) -> String {
        #"{"name":"\#(name)","val":{"_typeName":"ManagedObjectReference","type":"\#(type)","value":"\#(id)"}}"#
    }

    private static let places = [
        object("Datacenter", "datacenter-1", text("name", "Berlin")),
        object("Folder", "group-v1", text("name", "vm") + "," + reference("parent", "Datacenter", "datacenter-1")),
        object("Folder", "group-v2", text("name", "a%2fb") + "," + reference("parent", "Folder", "group-v1")),
        object("ClusterComputeResource", "domain-c1", text("name", "c1")),
        object(
            "HostSystem", "host-1",
            text("name", "esx-1") + "," + reference("parent", "ClusterComputeResource", "domain-c1")),
        object("Folder", "circle", text("name", "x") + "," + reference("parent", "Folder", "circle")),
    ]

    private static func vm(_ number: Int) -> String {
        object(
            "VirtualMachine", "vm-\(number)",
            [
                text("name", "web"), text("config.guestFullName", "Linux"),
                reference("runtime.host", "HostSystem", "host-1"),
                reference("parent", "Folder", number == 3 ? "circle" : "group-v2"),
                #"{"name":"config.template","val":{"_typeName":"boolean","_value":false}}"#,
                #"{"name":"guest.customizationInfo","val":{"_typeName":"GuestInfoCustomizationInfo","customizationStatus":"TOOLSDEPLOYPKG_FAILED","errorMsg":"e"}}"#,
            ].joined(separator: ",")
        ).dropLast()
            + #","missingSet":[{"path":"guest","fault":{"_typeName":"NoPermission"}}]}"#
    }

    /// - Parameter going: The answer to a request to go on by token.
    private func server(_ going: @escaping @Sendable (Int) -> HTTPAnswer) -> ScriptedVI {
        ScriptedVI { method, arguments, _ in
            switch method {
            case "CreateContainerView": return ScriptedVI.answer(#"{"type":"ContainerView","value":"v"}"#)
            case "ContinueRetrievePropertiesEx": return going(Int(arguments["token"]?.string ?? "") ?? 0)
            case "RetrievePropertiesEx":
                let request = arguments["specSet"]?.array?.first
                let type = request?["propSet"]?.array?.first?["type"]?.string
                let objects = request?["objectSet"]?.array?.compactMap { $0["obj"]?["value"]?.string } ?? []
                if type == "HostSystem" {
                    return ScriptedVI.answer(#"{"objects":[\#(Self.places.joined(separator: ","))]}"#)
                }
                if type == "ContainerView" {
                    let all = (1...5).map { #"{"type":"VirtualMachine","value":"vm-\#($0)"}"# }.joined(separator: ",")
                    return ScriptedVI.answer(
                        #"{"objects":[{"obj":{"type":"ContainerView","value":"v"},"propSet":[{"name":"view","val":{"_value":[\#(all)]}}]}]}"#
                    )
                }
                if objects == ["v"] { return ScriptedVI.answer(#"{"token":"1","objects":[\#(Self.vm(1))]}"#) }
                // One VM is gone meanwhile.
                if objects.contains("vm-4") { return ScriptedVI.fault("ManagedObjectNotFound") }
                return ScriptedVI.answer(
                    #"{"objects":[\#(objects.compactMap { Int($0.dropFirst(3)) }.map(Self.vm).joined(separator: ","))]}"#
                )
            default: return ScriptedVI.answer("", status: 204)
            }
        }
    }

    private func attributes(_ server: ScriptedVI) async throws -> [VirtualMachineAttributes] {
        let taken = Taken<VirtualMachineAttributes>()
        try await server.client("8.0.3.0").readAttributes { page in
            #expect(page.missing == ["NoPermission": page.virtualMachines.count])
            taken.add(page.virtualMachines)
        }
        #expect(server.count("DestroyView") == server.count("CreateContainerView"))
        return taken.all
    }

    @Test func `answers that the server cuts are put together, and places have names`() async throws {
        let found = try await attributes(
            server { token in
                ScriptedVI.answer(
                    #"{\#(token < 4 ? #""token":"\#(token + 1)","# : "")"objects":[\#(Self.vm(token)),\#(Self.vm(token + 1))]}"#
                )
            })
        #expect(found.map(\.vm) == (1...5).map { "vm-\($0)" })
        let first = try #require(found.first)
        #expect(first.host == "esx-1" && first.cluster == "c1" && first.datacenter == "Berlin")
        #expect(first.folder == "a%2fb" && first.guestOS == "Linux" && first.isTemplate == false)
        #expect(found[2].folder == nil && found[2].datacenter == nil)
    }

    @Test(arguments: ["NoPermission", "InvalidArgument"])
    func `a server that refuses to go on is asked for the others by name`(kind: String) async throws {
        let found = try await attributes(server { _ in ScriptedVI.fault(kind) })
        #expect(Set(found.map(\.vm)) == ["vm-1", "vm-2", "vm-3", "vm-5"] && found.count == 4)
    }

    /// A request that is repeated by itself is worth one more reading; one to go on, after the reading of the places, three.
    @Test(arguments: [("CreateContainerView", 2), ("RetrievePropertiesEx", 2), ("ContinueRetrievePropertiesEx", 5)])
    func `a server that stays in trouble is given up`(method: String, views: Int) async throws {
        let well = server { _ in ScriptedVI.answer("", status: 502) }
        let server = ScriptedVI { asked, arguments, count in
            asked == method ? ScriptedVI.answer("", status: 502) : well.answer(asked, arguments, count)
        }
        await #expect(throws: HistoryError.self) { try await server.client("8.0.3.0").readAttributes { _ in } }
        #expect(server.count("CreateContainerView") == views)
    }

    @Test func `customizations are read in bulk`() async throws {
        let taken = Taken<BulkCustomization>()
        try await server { _ in ScriptedVI.answer("{}") }.client("8.0.3.0").readCustomizations {
            taken.add($0.customizations)
        }
        let body =
            #"{"_typeName":"GuestInfoCustomizationInfo","customizationStatus":"TOOLSDEPLOYPKG_FAILED","errorMsg":"e"}"#
        #expect(
            taken.all == [
                BulkCustomization(
                    vm: "vm-1", info: CustomizationInfo(status: .failed, error: .text("e")), body: Array(body.utf8))
            ])
    }

    @Test func `the release is agreed on, and a server may know no negotiation`() throws {
        #expect(
            try VINegotiation.release(.success(ScriptedVI.answer(#"{"api_release":"9.0.0.0"}"#))) == .withEventViews)
        #expect(try VINegotiation.release(.success(ScriptedVI.answer("", status: 404))) == .oldest)
        #expect(throws: VIError.missing) {
            try VINegotiation.release(.success(ScriptedVI.answer(#"{"api_release":""}"#)))
        }
        #expect(throws: VIError.self) {
            try VINegotiation.release(.success(ScriptedVI.answer(#"{"api_release":"../9"}"#)))
        }
    }
}
