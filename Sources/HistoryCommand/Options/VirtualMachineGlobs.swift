import GuestCustomization

/// Which VMs `collect --vm` is about: managed object ids, names, or globs over either; all VMs if none is given.
struct VirtualMachineGlobs: Sendable {
    private let globs: [NameGlob]

    init(_ patterns: [String]) {
        globs = patterns.map(NameGlob.init)
    }

    var isEmpty: Bool { globs.isEmpty }

    func matches(_ vm: VirtualMachine) -> Bool {
        isEmpty || globs.contains { $0.matches(vm.id) || $0.matches(vm.name) }
    }
}
