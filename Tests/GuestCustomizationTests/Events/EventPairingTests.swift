import GuestCustomization
import TestSupport
import Testing

@Suite struct EventPairingTests {
    private func event(_ key: Int64, _ type: CustomizationEventType, vm: String? = "vm-1", reason: String? = nil)
        -> CustomizationEvent
    {
        CustomizationEvent(
            key: key, type: type, createdAt: Timestamp(unixMilliseconds: key * 1000),
            vm: vm.map { EventVirtualMachine(id: $0, name: nil) }, reason: reason)
    }

    private func outcomes(_ events: [CustomizationEvent]) -> [CustomizationOutcome] {
        EventPairing.customizations(of: [events]).map(\.outcome)
    }

    @Test func `a start is closed by the next end, whatever the order and however often it comes`() {
        let events = [
            event(1, .started), event(2, .started, vm: "vm-2"), event(3, .sysprepFailed, reason: "r"),
            event(4, .succeeded, vm: "vm-2"),
        ]
        let found = EventPairing.customizations(of: [events])
        #expect(found.map(\.outcome) == [.failed, .succeeded])
        #expect(found[0].errorID == "r" && found[0].startTime?.unixMilliseconds == 1000)
        var random = SeededGenerator(seed: 1)
        for _ in 0..<50 {
            #expect(EventPairing.customizations(of: [(events + events).shuffled(using: &random)]) == found)
        }
    }

    @Test func `what has no partner is kept`() {
        #expect(outcomes([event(1, .started), event(2, .started), event(3, .succeeded)]) == [.lost, .succeeded])
        #expect(outcomes([event(1, .failed), event(2, .succeeded)]) == [.failed, .succeeded])
        #expect(outcomes([event(1, .started)]) == [.running])
        #expect(outcomes([event(1, .started, vm: nil)]).isEmpty)
    }

    @Test func `keys that a restored vCenter uses again come after those of before`() {
        let found = EventPairing.customizations(of: [[event(8, .started)], [event(3, .unknownFailure)]])
        #expect(found.map(\.outcome) == [.failed])
        #expect(
            found[0].started?.key == 8 && found[0].ended?.key == 3 && found[0].errorID == "CustomizationUnknownFailure")
    }

    @Test func `every event with a VM is in one customization`() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<200 {
            let events = (1...Int64.random(in: 1...30, using: &random)).map {
                event(
                    $0, random.pick(CustomizationEventType.ofCustomizations), vm: random.pick(["vm-1", "vm-2", "vm-3"]))
            }
            let found = EventPairing.customizations(of: [events])
            #expect((found.compactMap(\.started) + found.compactMap(\.ended)).map(\.key).sorted() == events.map(\.key))
            #expect(found.allSatisfy { ($0.started?.key ?? 0) < ($0.ended?.key ?? .max) })
        }
    }
}
