import GuestCustomization
import Testing

@Suite struct ErrorGroupTests {
    private func failure(_ end: Double, vm: String, id: String? = "tools", _ message: String?) -> Customization {
        customization(.failed, end: end, vm: vm, errorID: id, error: message)
    }

    @Test func oneFaultOnManyVMsIsOneErrorWithTheLatestMessage() {
        let errors = report([
            failure(10, vm: "vm-1", "Tools not running in 'one'."),
            failure(30, vm: "vm-2", "Tools not running in 'two'."),
            failure(20, vm: "vm-3", "Tools not running in 'three'."),
        ]).errors
        #expect(
            errors == [
                ErrorGroup(
                    id: "tools", message: "Tools not running in 'two'.", count: 3, virtualMachines: 3, first: at(10),
                    last: at(30))
            ])
    }

    @Test func aVMsNameInTheTextDoesNotSplitAGroup() {
        // The examples' VMs are named "web-" and their id.
        let plain = customization(
            .failed, end: 10, vm: "a", name: "mailserver", errorID: "tools", error: "mailserver has no Perl")
        #expect(report([plain, failure(20, vm: "b", "web-b has no Perl")]).errors.map(\.count) == [2])
    }

    @Test func otherIdentifiersOrNoneAreOtherErrors() {
        let errors = report([
            failure(10, vm: "vm-1", "no Tools"), failure(10, vm: "vm-2", id: "other", "no Tools"),
            failure(10, vm: "vm-3", id: nil, "no Tools"), failure(10, vm: "vm-4", id: nil, nil),
        ]).errors
        #expect(errors.map(\.count) == [1, 1, 1, 1])
    }

    @Test func ofTwoMessagesAtOneInstantTheOrderOfVMsDoesNotDecide() {
        let one = failure(10, vm: "vm-1", "no answer from 'b'")
        let other = failure(10, vm: "vm-2", "no answer from 'a'")
        #expect(report([one, other]).errors.map(\.message) == ["no answer from 'a'"])
        #expect(report([other, one]).errors == report([one, other]).errors)
    }
}
