extension Report {
    /// The same report, listing only the errors that a person means by `text`, and the VMs that had them.
    ///
    /// A text means an error by its identifier or the last part of it, by the name of its cause, by a message of the same shape, or
    /// by a part of its text; the first of these that matches any error decides.
    package func only(errorsMeantBy text: String) -> Report {
        var report = self
        report.filter.error = text
        let errors = errors.meant(by: text)
        var failures: [VirtualMachineOfError: LatestError] = [:]
        for failure in errors.flatMap(\.failures) {
            let vm = VirtualMachineOfError(vCenter: failure.vCenter, id: failure.vm)
            if let known = failures[vm], known.failedAt > failure.error.failedAt { continue }
            failures[vm] = failure.error
        }
        let vms: [VirtualMachineReport] = listedVirtualMachines.compactMap { vm in
            guard let error = failures[VirtualMachineOfError(vCenter: vm.vCenter, id: vm.vm)] else { return nil }
            var vm = vm
            vm.matchedError = error
            return vm
        }
        report.listing = Listing(virtualMachines: vms, errors: errors)
        return report
    }
}

extension [ErrorGroup] {
    /// Those that a person means by `text`, by the rules of `Report.only(errorsMeantBy:)`.
    func meant(by text: String) -> [ErrorGroup] {
        let sought = text.lowercased()
        guard !sought.isEmpty else { return [] }
        let shape = MessageShape(text)
        let isMeant: [(ErrorGroup) -> Bool] = [
            { $0.id?.lowercased() == sought },
            { $0.id?.lowercased().split(separator: ".").last.map(String.init) == sought },
            { $0.cause?.name == sought },
            { group in group.messages.contains { MessageShape($0) == shape } },
            { group in group.messages.contains { $0.lowercased().contains(sought) } },
        ]
        return isMeant.lazy.map { filter($0) }.first { !$0.isEmpty } ?? []
    }
}

/// A VM as errors name it.
struct VirtualMachineOfError: Hashable {
    let vCenter: String
    let id: String
}

extension ErrorGroup {
    /// All texts under which it may be shown somewhere.
    fileprivate var messages: [String] { [message, latestMessage, untranslated].compactMap(\.self) }
}
