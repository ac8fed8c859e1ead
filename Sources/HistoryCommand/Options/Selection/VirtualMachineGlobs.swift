import GuestCustomization
import PathTrust

/// Which VMs `collect --vm` is about: managed object ids, names, or globs over either; all VMs if none is given.
struct VirtualMachineGlobs: Sendable {
    let patterns: [String]
    private let globs: [NameGlob]

    init(_ patterns: [String]) {
        self.patterns = patterns
        globs = patterns.map(NameGlob.init)
    }

    var isEmpty: Bool { globs.isEmpty }

    /// As given on the command line: `--vm web-01 --vm 'db-*'`.
    var words: String { patterns.map { "--vm \($0.shellQuoted)" }.joined(separator: " ") }

    func matches(_ vm: VirtualMachine) -> Bool {
        isEmpty || globs.contains { $0.matches(vm.id) || $0.matches(vm.name) }
    }
}
