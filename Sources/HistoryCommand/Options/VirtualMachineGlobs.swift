import Foundation
import GuestCustomization

/// Which VMs `collect --vm` is about: managed object ids, names, or globs over either; all VMs if none is given.
struct VirtualMachineGlobs: Sendable {
    private let patterns: [String]

    init(_ patterns: [String]) {
        self.patterns = patterns
    }

    var isEmpty: Bool { patterns.isEmpty }

    func matches(_ vm: VirtualMachine) -> Bool {
        isEmpty
            || patterns.contains { pattern in
                // A name may hold the characters of a glob; given as it is, it means itself.
                [vm.id, vm.name].contains { $0 == pattern || fnmatch(pattern, $0, 0) == 0 }
            }
    }
}
