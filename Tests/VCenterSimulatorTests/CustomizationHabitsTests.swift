import GuestCustomization
import Testing

@testable import VCenterSimulator

@Suite struct CustomizationHabitsTests {
    private func entries(_ count: Int, seed: UInt64 = 1) -> [Estate.Entry] {
        Estate(virtualMachines: count, seed: seed, knowsIdle: true).entries
    }

    /// The last answer about each customization in a week of hourly polls.
    private func aWeekOfHourlyPolls(_ entry: Estate.Entry, _ endpoint: Endpoint) -> [CustomizationInfo] {
        var seen: [CustomizationInfo] = []
        for hour in 0..<168 {
            guard
                let info = entry.habits[endpoint]?.lastCustomization(
                    at: sundayMorning.advanced(bySeconds: Double(hour) * 3600)),
                CustomizationOutcome(info.status) != nil
            else { continue }
            if let last = seen.last, last.startTime == info.startTime { seen.removeLast() }
            seen.append(info)
        }
        return seen
    }

    @Test func `the same seed, VM and instant give the same answer in any order of requests`() {
        let instants = (0..<200).map { sundayMorning.advanced(bySeconds: Double($0) * 3571) }
        let one = entries(20)
        let again = entries(20)
        let other = entries(20, seed: 2)
        var isDifferent = false
        for endpoint in Endpoint.polled {
            for index in one.indices {
                let forwards = instants.map { one[index].habits[endpoint]?.lastCustomization(at: $0) }
                let backwards = instants.reversed().map { again[index].habits[endpoint]?.lastCustomization(at: $0) }
                #expect(forwards == backwards.reversed())
                isDifferent =
                    isDifferent || forwards != instants.map { other[index].habits[endpoint]?.lastCustomization(at: $0) }
            }
        }
        #expect(isDifferent)
    }

    @Test func `a VM does not depend on the number of other VMs`() {
        let few = entries(10).map(\.machine)
        let many = entries(1000).prefix(10).map(\.machine)
        #expect(few.map(\.name) == many.map(\.name))
        #expect(few.map(\.instanceUUID) == many.map(\.instanceUUID))
    }

    @Test(arguments: Endpoint.polled)
    func `a customization only progresses from minute to minute`(endpoint: Endpoint) {
        for entry in entries(30) {
            var before: CustomizationInfo?
            for minute in 0..<(3 * 1440) {
                let now = sundayMorning.advanced(bySeconds: Double(minute) * 60)
                guard let info = entry.habits[endpoint]?.lastCustomization(at: now) else {

                    Issue.record("no habits")
                    return
                }
                defer { before = info }
                #expect(info.startTime ?? now <= now)
                #expect(info.endTime ?? now <= now)
                switch info.status {
                case .notAvailable, .idle, .pending: #expect(info == CustomizationInfo(status: info.status))
                case .running: #expect(info.startTime != nil && info.endTime == nil && info.error == nil)
                default: #expect(info.startTime.map { $0 < info.endTime ?? $0 } == true)
                }
                guard let before, before != info else { continue }
                if let start = info.startTime, let earlier = before.startTime { #expect(earlier <= start) }
                if before.startTime == info.startTime, info.startTime != nil {
                    #expect(before.status == .running, "only a running one changes")
                }
            }
        }
    }

    @Test func `a week of 50 VMs has successes, failures with and without text, running and unfinished ones`() {
        let live = entries(50).map { aWeekOfHourlyPolls($0, .customizationLive) }
        let seen = live.flatMap(\.self)
        #expect((40...150).contains(seen.count), "\(seen.count)")
        let failed = seen.filter { $0.status == .failed }
        let finished = seen.filter { $0.endTime != nil }
        let rate = Double(failed.count) / Double(finished.count)
        #expect((0.08...0.2).contains(rate), "\(rate)")
        #expect(live.count { $0.contains { $0.status == .failed } } < 15, "failures keep to some VMs")
        #expect(Set(failed.compactMap(\.error?.id)).count >= 4)
        #expect(seen.contains { $0.status == .running }, "lost ones stay running when the next begins")
        #expect(live.contains([]), "some were never customized")
    }

    @Test func `one in eight customizations of a large estate fails, for every cause, sometimes without text`() {
        var (finished, failed, wordless) = (0, 0, 0)
        var ids: Set<String> = []
        var kinds: Set<String> = []
        for entry in entries(1000) {
            for info in aWeekOfHourlyPolls(entry, .customizationLive) where info.endTime != nil {
                finished += 1
                guard info.status == .failed else { continue }
                failed += 1
                guard case .message(let message) = info.error else {
                    wordless += 1
                    continue
                }
                ids.insert(message.id)
                #expect(!message.defaultMessage.contains("{"))
                #expect(message.args.count == message.params?.count ?? 0)
                for param in (message.params ?? [:]).values {
                    kinds.insert(String("\(param.value)".prefix { $0 != "(" }))
                }
            }
        }
        #expect((0.1...0.17).contains(Double(failed) / Double(finished)))
        #expect((0.02...0.12).contains(Double(wordless) / Double(failed)))
        let linuxCauses = (SimulatedFailure.all + [.engineHung]).filter { $0.guests.contains(.linux) }
        #expect(ids == Set(linuxCauses.map { SimulatedFailure.identifierPrefix + $0.name }))
        #expect(kinds == ["string", "dateTime", "integer", "double", "message"])
    }

    @Test func `the older endpoint waits as PENDING, covers Windows and explains errors in plain text`() {
        var statuses: Set<String> = []
        for entry in entries(300) {
            for step in 0..<500 {
                let now = sundayMorning.advanced(bySeconds: Double(step) * 600)
                guard let info = entry.habits[.customization]?.lastCustomization(at: now) else { continue }
                statuses.insert(info.status.rawValue)
                if case .message = info.error { Issue.record("a message on the older endpoint") }
            }
        }
        #expect(statuses == ["IDLE", "PENDING", "RUNNING", "SUCCEEDED", "FAILED"])
        let windows = entries(300).filter { $0.machine.guest == .windows }
        #expect(windows.flatMap { aWeekOfHourlyPolls($0, .customization) }.count > 10)
        #expect(windows.flatMap { aWeekOfHourlyPolls($0, .customizationLive) }.isEmpty)
    }

    @Test func `names are realistic, most of them unique, some not ASCII, some shared by VMs`() {
        let names = entries(500).map(\.machine.name)
        #expect((480..<500).contains(Set(names).count))
        #expect(names.contains { $0.hasPrefix("東京") })
        #expect((20...100).contains(names.count { !$0.utf8.allSatisfy { $0 < 0x80 } }))
        let uuids = entries(500).map(\.machine.instanceUUID)
        #expect(Set(uuids).count == 500)
        #expect(Set(entries(500).map(\.machine.biosUUID)).count < 500)
    }

    @Test func `a full cluster alone exceeds the listing limit, and a host never does`() {
        let machines = entries(10_000).map(\.machine)
        let byCluster = Dictionary(grouping: machines, by: \.host.cluster).mapValues(\.count)
        let byHost = Dictionary(grouping: machines, by: \.host.id).mapValues(\.count)
        #expect(byCluster.values.max() ?? 0 > 4000)
        #expect(byHost.values.max() ?? 0 < 400)
    }
}
