import Foundation

/// `/sdk/vim25/{release}/{type}/{moId}/{member}`: a method or a property of a managed object.
struct VIPath: Equatable {
    let release: String
    let object: VIReference
    /// A method begins with a capital letter, a property with a small one.
    let member: String

    /// - Parameter path: Percent-encoded, also the brackets in the id of a collector or a view.
    init?(_ path: String) {
        let prefix = "/sdk/vim25/"
        guard path.hasPrefix(prefix), !path.contains("["), !path.contains("]") else { return nil }
        let words = path.dropFirst(prefix.count).split(separator: "/", omittingEmptySubsequences: false)
        guard words.count == 4, !words.contains(""), let id = words[2].removingPercentEncoding else { return nil }
        release = String(words[0])
        object = VIReference(type: String(words[1]), id: id)
        member = String(words[3])
    }

    var isServiceContent: Bool {
        member == "content" && object == VIReference(type: "ServiceInstance", id: "ServiceInstance")
    }

    var isMethod: Bool { member.first?.isUppercase ?? false }

    /// The releases of the API that clients may name, newest first.
    static let releases = [
        "9.1.1.0", "9.1.0.0", "9.0.0.0", "8.0.3.1", "8.0.3.0", "8.0.2.0", "8.0.1.0", "8.0.0.2", "8.0.0.1", "8.0.0.0",
        "7.0.3.2", "7.0.3.1", "7.0.3.0", "7.0.2.1", "7.0.2.0", "7.0.1.1", "7.0.1.0", "7.0.0.2", "7.0.0.1", "7.0.0.0",
    ]

    /// The releases that a vCenter serves: its own and those before it.
    static func releases(of version: APIVersion) -> [String] {
        version.hasVIJSON ? releases.filter { APIVersion($0) <= version } : []
    }
}
