import GuestCustomization
import TestSupport
import Testing

@Suite struct ErrorGroupTests {
    private func failure(_ end: Double, vm: String, id: String? = "tools", _ message: String?) -> Customization {
        customization(.failed, end: end, vm: vm, errorID: id, error: message)
    }

    @Test func `one fault on many VMs is one error without VM names`() throws {
        let errors = report([
            failure(10, vm: "vm-1", "Tools not running in 'one'."),
            failure(30, vm: "vm-2", "Tools not running in 'two'."),
            failure(20, vm: "vm-3", "Tools not running in 'three'."),
        ]).errors
        let error = try #require(errors.first)
        #expect(errors.count == 1)
        #expect(error.message == "Tools not running in '…'.")
        #expect(error.latestMessage == "Tools not running in 'two'.")
        #expect((error.count, error.virtualMachines) == (3, 3))
        #expect((error.first, error.last) == (at(10), at(30)))
        #expect(error.failures.map(\.vm) == ["vm-1", "vm-2", "vm-3"])
        #expect(error.failures[0].error.message == "Tools not running in 'one'.")
    }

    @Test func `forty clones with one fault are one line`() throws {
        let random = ["dZMKDmP", "dabcdef", "dQwErTy", "d4k2jdn"]
        let errors = report(
            (0..<40).map { number in
                failure(
                    Double(number), vm: "vm-\(number)",
                    "/var/run/.vmware-imgcust-\(random[number % 4])/scripts/customize.sh on 10.0.0.\(number) exited with 126 at 2026-11-27T08:00:\(number)Z"
                )
            }
        ).errors
        let error = try #require(errors.first)
        #expect(errors.count == 1 && error.virtualMachines == 40)
        #expect(
            error.message == "/var/run/…/scripts/customize.sh on … exited with 126 at …")
        #expect(error.cause?.name == "script-not-executable")
    }

    @Test func `an error of one VM shows the latest message unchanged`() {
        let errors = report([failure(10, vm: "vm-1", "waited 14 s"), failure(20, vm: "vm-1", "waited 15 s")]).errors
        #expect(errors.map(\.message) == ["waited 15 s"])
        #expect(errors.map(\.failures.count) == [1])
        #expect(errors[0].failures[0].count == 2)
    }

    @Test func `an error of many VMs shows the part that all messages share`() {
        let errors = report([
            failure(10, vm: "vm-1", "waited 14 s for '/run/cust.cfg'"),
            failure(20, vm: "vm-2", "waited 15 s for '/run/cust.cfg'"),
        ]).errors
        #expect(errors.map(\.message) == ["waited … s for '/run/cust.cfg'"])
    }

    @Test func `an error in two languages is one error with one cause`() {
        func failure(_ end: Double, vm: String, _ localized: String, _ english: String) -> Customization {
            var failure = customization(.failed, end: end, vm: vm, errorID: "id", error: localized)
            failure.untranslatedError = english
            return failure
        }
        let errors = report([
            failure(10, vm: "vm-1", "Gast web-vm-1 hat kein Perl.", "The guest 'web-vm-1' has no Perl."),
            failure(20, vm: "vm-2", "El invitado web-vm-2 no tiene Perl.", "The guest 'web-vm-2' has no Perl."),
        ]).errors
        #expect(errors.map(\.count) == [2])
        #expect(errors.map(\.message) == ["El invitado … no tiene Perl."])
        #expect(errors.map(\.cause?.name) == ["perl-missing"])
    }

    @Test func `a cause adds up its errors`() {
        let causes = CauseGroup.of(
            report([
                failure(10, vm: "vm-1", "no Perl"), failure(20, vm: "vm-1", id: "b", "perl is missing"),
                failure(30, vm: "vm-2", "no Perl"), failure(40, vm: "vm-3", "the moon"),
            ]).errors)
        #expect(causes.map(\.cause?.name) == ["perl-missing", nil])
        #expect(causes.map(\.count) == [3, 1])
        #expect(causes.map(\.virtualMachines) == [2, 1])
        #expect(causes.map(\.errors.count) == [2, 1])
    }

    @Test(arguments: ["tools", "TOOLS", "perl-missing", "web-vm-1 has no Perl", "No perl"])
    func `an error is selected by its identifier, cause or text`(text: String) throws {
        let narrow = report([
            failure(10, vm: "vm-1", "web-vm-1 has no Perl"), failure(20, vm: "vm-2", "web-vm-2 has no Perl"),
            failure(30, vm: "vm-2", id: "other", "the moon"), customization(.succeeded, end: 15, vm: "vm-1"),
            failure(10, vm: "vm-3", id: "com.x.moon", "the moon is new"),
        ]).only(errorsMeantBy: text)
        #expect(narrow.listedErrors.map(\.count) == [2])
        #expect(Set(narrow.listedVirtualMachines.map(\.vm)) == ["vm-1", "vm-2"])
        let errors = Dictionary(uniqueKeysWithValues: narrow.listedVirtualMachines.map { ($0.vm, $0.matchedError) })
        #expect(errors["vm-2"]??.message == "web-vm-2 has no Perl")
        #expect(errors["vm-1"]??.recoveredAt == at(15))
        #expect(narrow.summary.failed == 4 && narrow.virtualMachines.count == 3)
    }

    @Test func `an error that matches nothing selects nothing`() {
        let narrow = report([failure(10, vm: "vm-1", "no Perl")]).only(errorsMeantBy: "moon")
        #expect(narrow.listedErrors.isEmpty && narrow.listedVirtualMachines.isEmpty)
    }

    @Test func `a status selects only the VMs that have it`() {
        let all = report([
            failure(10, vm: "vm-1", "no Perl"), customization(.lost, end: 20, vm: "vm-2"),
            failure(10, vm: "vm-3", "no Perl"), customization(.succeeded, end: 30, vm: "vm-3"),
            customization(.running, end: 40, took: 90_000, vm: "vm-4"), customization(.succeeded, end: 30, vm: "vm-5"),
        ])
        func listed(_ conditions: ConditionFilter...) -> [String] {
            all.only(conditions).listedVirtualMachines.map(\.vm).sorted()
        }
        #expect(listed(.failing) == ["vm-1"])
        #expect(listed(.lost) == ["vm-2"])
        #expect(listed(.stuck, .recovered) == ["vm-3", "vm-4"])
        #expect(listed().count == 5)
        #expect(all.only([.failing]).summary == all.summary)
    }

    @Test func `a VM's name in the text does not split a group`() {
        // The VMs of the examples are named "web-" plus their id.
        let plain = customization(
            .failed, end: 10, vm: "a", name: "mailserver", errorID: "tools", error: "mailserver has no Perl")
        #expect(report([plain, failure(20, vm: "b", "web-b has no Perl")]).errors.map(\.count) == [2])
    }

    @Test func `errors with different identifiers or none are separate`() {
        let errors = report([
            failure(10, vm: "vm-1", "no Tools"), failure(10, vm: "vm-2", id: "other", "no Tools"),
            failure(10, vm: "vm-3", id: nil, "no Tools"), failure(10, vm: "vm-4", id: nil, nil),
        ]).errors
        #expect(errors.map(\.count) == [1, 1, 1, 1])
    }

    @Test func `the order of VMs does not decide between messages of one instant`() {
        let one = failure(10, vm: "vm-1", "no answer from 'b'")
        let other = failure(10, vm: "vm-2", "no answer from 'a'")
        #expect(report([one, other]).errors.map(\.latestMessage) == ["no answer from 'a'"])
        #expect(report([other, one]).errors == report([one, other]).errors)
    }
}
