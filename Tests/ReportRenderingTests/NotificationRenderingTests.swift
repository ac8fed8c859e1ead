import Foundation
import GuestCustomization
import ReportRendering
import TestSupport
import Testing

/// A notification in every format, as golden files; see `GoldenTests`.
@Suite struct NotificationRenderingTests {
    private static let formats: [(file: String, text: @Sendable (GuestCustomization.Notification) -> String)] = [
        ("notify.txt", { NotificationText(program: "history").render($0) }),
        ("notify.json", { NotificationJSON(channel: "ops").render($0) }),
        ("slack.json", { SlackMessage(program: "history").render($0) }),
        ("teams.json", { TeamsMessage(program: "history").render($0) }),
        ("alertmanager.json", { AlertmanagerAlerts(at: $0.generatedAt, after: at(604_200)).render($0).joined() }),
    ]

    @Test func `every format equals its golden file`() throws {
        for (file, text) in Self.formats { try expectGolden("notification/" + file, text(exampleNotification)) }
    }

    @Test func `every notification conforms to the schema`() throws {
        let text = NotificationJSON(channel: "ops").render(exampleNotification)
        let faults = try SchemaCheck(NotificationJSON.schema).faults(of: text)
        #expect(faults.isEmpty, "\(faults)")
    }

    /// As many groups as there can be, of VMs with the longest and most hostile names.
    private var largest: GuestCustomization.Notification {
        let name = String(repeating: "<&>*_~`@[x](http://evil)\u{1F600}", count: 40)
        let groups = (0..<200).map { number in
            NotificationGroup(
                kind: .failed, error: ReportedError(id: nil, message: name),
                subjects: (0..<300).map { index in
                    .init(
                        vCenter: name + "\(index)",
                        vm: CustomizedVM(vCenter: name + "\(index)", id: "vm-\(number)-\(index)", name: name),
                        at: at(Double(index)))
                })
        }
        return Notification(generatedAt: at(604_800), timeZone: berlin, groups: groups)
    }

    @Test func `Slack's limits hold for any names`() throws {
        let text = SlackMessage(program: "history").render(largest)
        let message = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let blocks = try #require(message["blocks"] as? [[String: Any]])
        #expect(blocks.count <= 50)
        for block in blocks {
            let part = try #require(block["text"] as? [String: Any])
            let shown = try #require(part["text"] as? String)
            #expect(part["type"] as? String == "plain_text")
            #expect((1...(block["type"] as? String == "header" ? 150 : 3000)).contains(shown.utf16.count))
            #expect(!shown.contains("<") && !shown.contains(">"))
        }
        #expect((blocks.last?["text"] as? [String: Any])?["text"] as? String == "… and 180 more groups")
    }

    @Test func `Teams' limit of 28 KB holds for any names`() throws {
        let text = TeamsMessage(program: "history").render(largest)
        #expect(text.utf8.count <= 28_000)
        _ = try JSONSerialization.jsonObject(with: Data(text.utf8))
        #expect(!text.contains("\"TextBlock\""))
    }

    @Test func `many alerts are several requests, and ends are four intervals ahead`() throws {
        let vms = (0..<600).map { number in
            LastingProblem(
                subject: .failing(VirtualMachineRow(rawValue: Int64(number))),
                vm: CustomizedVM(vCenter: "vc", id: "vm-\(number)", name: "web"), vCenter: "vc", since: at(0),
                toldAt: at(0))
        }
        let notification = Notification(generatedAt: at(10_000), groups: [], lasting: vms)
        func ends(after interval: Double?) throws -> Set<String> {
            let texts = AlertmanagerAlerts(at: at(10_000), after: interval.map { at(10_000 - $0) }).render(notification)
            #expect(texts.count == 3)
            let alerts = try texts.flatMap {
                try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [[String: Any]])
            }
            #expect(alerts.count == 600)
            return Set(alerts.compactMap { $0["endsAt"] as? String })
        }
        #expect(try ends(after: nil) == [at(13_600).rfc3339])
        #expect(try ends(after: 600) == [at(13_600).rfc3339])
        #expect(try ends(after: 3600) == [at(24_400).rfc3339])
        #expect(AlertmanagerAlerts(at: at(0), after: nil).render(Notification(generatedAt: at(0), groups: [])).isEmpty)
    }
}

/// Something of every kind, with texts that try to escape.
let exampleNotification: GuestCustomization.Notification = {
    let hostile = "<!channel> @all *x* [a](http://evil) & \u{1B}[31m\r\n=1"
    func vm(_ number: Int, _ name: String, vCenter: String = "vc-a") -> CustomizedVM {
        CustomizedVM(vCenter: vCenter, id: "vm-\(number)", name: name, row: VirtualMachineRow(rawValue: Int64(number)))
    }
    func subjects(_ numbers: ClosedRange<Int>, vCenter: String = "vc-a") -> [NotificationGroup.Subject] {
        numbers.map {
            .init(vCenter: vCenter, vm: vm($0, "web-\($0)", vCenter: vCenter), at: at(600_000 + Double($0) * 60))
        }
    }
    let perl = ReportedError(id: "com.vmware.x", message: "/usr/bin/perl: not found")
    let odd = ReportedError(id: nil, message: hostile)
    return Notification(
        generatedAt: at(604_800), timeZone: berlin,
        groups: [
            NotificationGroup(kind: .notPolled, subjects: [.init(vCenter: "vc-b", vm: nil, at: at(590_000))]),
            NotificationGroup(
                kind: .failed, cause: perl.cause(names: []), error: perl,
                subjects: subjects(1...30) + subjects(31...40, vCenter: "vc-b")),
            NotificationGroup(
                kind: .failed, error: odd,
                subjects: [.init(vCenter: hostile, vm: vm(50, hostile, vCenter: hostile), at: at(604_000))]),
            NotificationGroup(kind: .stuck, subjects: subjects(51...51)),
            NotificationGroup(kind: .lost, subjects: subjects(52...53)),
            NotificationGroup(kind: .stillFailing, error: odd, subjects: subjects(54...54)),
            NotificationGroup(kind: .recovered, subjects: subjects(55...56)),
            NotificationGroup(
                kind: .polledAgain, subjects: [.init(vCenter: "vc-c", vm: nil, at: at(604_700), since: at(600_000))]),
        ],
        lasting: [
            LastingProblem(
                subject: .failing(VirtualMachineRow(rawValue: 50)), vm: vm(50, hostile, vCenter: hostile),
                vCenter: hostile,
                since: at(604_000), toldAt: at(604_800), error: odd),
            LastingProblem(
                subject: .stuck(VirtualMachineRow(rawValue: 51)), vm: vm(51, "web-51"), vCenter: "vc-a",
                since: at(603_060),
                toldAt: at(604_800)),
            LastingProblem(
                subject: .notPolled(VCenterRow(rawValue: 2)), vm: nil, vCenter: "vc-b", since: at(590_000),
                toldAt: at(604_800)),
            LastingProblem(
                subject: .failing(VirtualMachineRow(rawValue: 60)), vm: vm(60, "older than the channel"),
                vCenter: "vc-a",
                since: at(1), toldAt: at(2), isTold: false),
        ],
        ended: [
            LastingProblem(
                subject: .failing(VirtualMachineRow(rawValue: 55)), vm: vm(55, "web-55"), vCenter: "vc-a",
                since: at(300_000),
                toldAt: at(300_100))
        ])
}()
