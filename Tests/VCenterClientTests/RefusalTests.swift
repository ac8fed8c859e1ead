import GuestCustomization
import NIOHTTP1
import Testing

@testable import VCenterClient

/// Which refusals concern one VM and which the server.
@Suite struct RefusalTests {
    private func answer(_ status: Int, _ body: String, _ headers: HTTPHeaders = [:], vm: String = "vm-10") -> Answer {
        Answer(HTTPAnswer(status: status, headers: headers, body: Array(body.utf8), isCut: false), of: vm)
    }

    private static func error(_ id: String, _ text: String = "No.", args: [String] = [], more: String = "") -> String {
        let args = args.map { "\"\($0)\"" }.joined(separator: ",")
        return
            #"{"error_type":"SERVICE_UNAVAILABLE","messages":[{"id":"\#(id)","default_message":"\#(text)","args":[\#(args)]}\#(more)]}"#
    }

    private static let toolsNotRunning = error("com.vmware.api.vcenter.vm.guest.tools_not_running", args: ["vm-10"])

    @Test(arguments: [
        toolsNotRunning,
        error("com.vmware.api.vcenter.vm.guest.tools_not_running"),
        error("com.vmware.vcenter.vm.powered_off"),
        error("vim.fault.ToolsUnavailable"), error("x.InvalidPowerState"),
        error("something.new", args: ["vm-10"]), error("something.new", args: ["x", "vm-10:3f0c-11"]),
        error("something.new", "Virtual machine vm-10 is powered off."),
        error("something.new", "'vm-10' has no Tools"), error("something.new", "Ask for VM (vm-10)."),
        error("a", more: #",{"id":"b","default_message":"VM vm-10: no heartbeat","args":[]}"#),
        #"{"error_type":"SERVICE_UNAVAILABLE","messages":[{"id":"a","params":{"vm":{"s":"vm-10"}}}]}"#,
        #"{"error_type":"SERVICE_UNAVAILABLE","messages":[{"id":"a","localized":"VM vm-10 ist ausgeschaltet."}]}"#,
        #"{"type":"com.vmware.vapi.std.errors.service_unavailable","value":{"messages":[{"id":"a","args":["vm-10"],"default_message":"off"}]}}"#,
    ])
    func `a refusal about the VM is an answer`(body: String) {
        for status in [503, 500] {
            let got = answer(status, body)
            #expect(got.result == .unavailable && got.isAnswer)
            #expect(got.httpStatus == status && got.failure != nil)
        }
    }

    @Test(arguments: [
        "", "<html>503 Service Unavailable vm-10</html>", "vm-10", "\"vm-10\"",
        #"{"status":503,"error":"Service Unavailable","path":"/api/vcenter/vm/vm-10/guest/customization-live"}"#,
        #"{"error_type":"SERVICE_UNAVAILABLE","messages":[]}"#, #"{"error_type":"SERVICE_UNAVAILABLE"}"#,
        error("com.vmware.vapi.endpoint.serviceUnavailable", args: ["vm-10"]),
        error("com.vmware.vapi.endpoint.failedToLoginMaxUserSessionCountReached"),
        error("something.new", "The service is in maintenance."),
        error("something.new", args: ["vm-101"]), error("something.new", args: ["vm-1"]),
        error("something.new", "GET /api/vcenter/vm/vm-10/guest/customization-live failed"),
        error("something.new", "esx vm-10.example.com is busy"), error("something.new", "xvm-10 my-vm-10 vm-10-a"),
        error(
            "com.vmware.api.vcenter.vm.guest.failed", args: ["vm-10"],
            more: #",{"id":"com.vmware.vapi.endpoint.cannotConnect","default_message":"vpxd","args":[]}"#),
    ])
    func `a refusal that does not concern the VM is not an answer`(body: String) {
        for status in [503, 500] {
            let got = answer(status, body)
            #expect(got.result == .unavailable && !got.isAnswer)
        }
    }

    @Test func `a refusal by a server in front of vCenter is not an answer, whatever its text`() {
        #expect(!answer(429, Self.toolsNotRunning).isAnswer)
        #expect(!answer(502, Self.toolsNotRunning).isAnswer)
        #expect(!answer(504, Self.toolsNotRunning).isAnswer)
        #expect(!answer(503, Self.toolsNotRunning, ["retry-after": "5"]).isAnswer)
    }

    @Test func `a refusal with another status than 503 is an answer if vCenter names the VM`() {
        let got = answer(
            400, #"{"error_type":"NOT_ALLOWED_IN_CURRENT_STATE","messages":[{"id":"a","args":["vm-10"]}]}"#)
        #expect(got.result == .unavailable && got.isAnswer)
    }

    @Test func `a 403 or 404 is an answer only in vCenter's own format`() {
        for (status, type, result) in [
            (403, "UNAUTHORIZED", Answer.Result.unauthorized), (404, "NOT_FOUND", .notFound),
        ] {
            let own = answer(status, #"{"error_type":"\#(type)","messages":[]}"#)
            #expect(own.result == result && own.isAnswer)
            let proxy = answer(status, "<html>Forbidden</html>")
            #expect(proxy.result == .unavailable && !proxy.isAnswer)
            #expect(proxy.httpStatus == status && proxy.errorMessage == "Forbidden")
        }
    }
}
