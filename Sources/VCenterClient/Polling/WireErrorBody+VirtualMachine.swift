import Foundation
import GuestCustomization

extension WireErrorBody {
    /// Whether the error is about this VM rather than about the vCenter.
    ///
    /// The answer for a VM that is powered off or has no VMware Tools is 503, as for every VM of a server in trouble (docs/vcenter-api.md,
    /// "The operation the project exists for"). The message tells them apart: it has an id of vCenter's operations on VMs,
    /// or it names the VM. The endpoint itself, which may be too busy or unable to reach a service, has its own ids.
    func isAbout(vm: String) -> Bool {
        guard isVCenters, !messages.contains(where: \.isOfTheEndpoint) else { return false }
        return messages.contains { $0.isOfAnOperationOnVMs || $0.names(vm) }
    }
}

extension LocalizableMessage {
    /// Whether the id belongs to the endpoint's catalogue. All operations go through the endpoint; an operation's message may come first.
    fileprivate var isOfTheEndpoint: Bool { id.hasPrefix("com.vmware.vapi.") }

    /// States of a VM in any catalogue.
    private static let states: Set<String> = [
        "toolsnotrunning", "toolsunavailable", "toolsnotinstalled", "guestoperationsunavailable", "invalidpowerstate",
        "notpoweredon", "poweredoff",
    ]

    /// Such as `com.vmware.api.vcenter.vm.guest.tools_not_running`.
    fileprivate var isOfAnOperationOnVMs: Bool {
        let parts = id.lowercased().split(separator: ".")
        return parts.contains("vm")
            || parts.last.map { Self.states.contains($0.filter { $0.isLetter }) } == true
    }

    /// Whether a value or the text names this VM. vCenter adds its own UUID to some ids: `vm-42:3f0c…`.
    fileprivate func names(_ vm: String) -> Bool {
        args.contains { $0.names(vm) } || params?.values.contains { $0.names(vm, depth: 0) } == true
            || defaultMessage.names(vm) || localized?.names(vm) == true
    }
}

extension LocalizationParam {
    /// Messages nest without a limit; none names its VM deeper than this.
    private static let maximumDepth = 8

    fileprivate func names(_ vm: String, depth: Int) -> Bool {
        switch value {
        case .string(let text): text.names(vm)
        case .message(let message):
            depth < Self.maximumDepth && message.params?.values.contains { $0.names(vm, depth: depth + 1) } == true
        case .dateTime, .integer, .double: false
        }
    }
}

extension String {
    /// Whether an id appears in the text as a separate word: `vm-4` does not appear in `vm-42`, in the path of the request, or in a
    /// host name.
    fileprivate func names(_ id: String) -> Bool {
        func isPartOfWord(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), 0x80...:
                true
            default: false
            }
        }
        let text = Array(utf8.prefix(64 * 1024))
        let word = Array(id.utf8)
        guard !word.isEmpty, text.count >= word.count else { return false }
        return text.withUnsafeBufferPointer { text in
            // Check the characters around a word first: few places are left to compare.
            (0...(text.count - word.count)).contains { start in
                guard text[start] == word[0] else { return false }
                if start > 0, isPartOfWord(text[start - 1]) || "/.".utf8.contains(text[start - 1]) { return false }
                let end = start + word.count
                if end < text.count, isPartOfWord(text[end]) { return false }
                if end + 1 < text.count, text[end] == UInt8(ascii: "."), isPartOfWord(text[end + 1]) { return false }
                return text.baseAddress.map { memcmp($0 + start, word, word.count) == 0 } ?? false
            }
        }
    }
}
