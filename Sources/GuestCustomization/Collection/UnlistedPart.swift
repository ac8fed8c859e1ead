/// A part of a vCenter whose VMs could not be listed, while those of other parts could: its VMs are not polled, nor considered gone.
package struct UnlistedPart: Hashable, Sendable {
    /// What it is, sanitized for one line of text: `host esx-12.example.com (host-12)`.
    package var name: String
    /// Why, as a clause: `HTTP 503: …`.
    package var reason: String

    package init(name: String, reason: String) {
        self.name = name
        self.reason = reason
    }
}

extension [UnlistedPart] {
    /// Parts that are named in full.
    private static let named = 3

    /// One line on all of them, grouped by reason; `nil` for none.
    package var message: String? {
        guard !isEmpty else { return nil }
        var reasons: [String] = []
        var names: [String: [String]] = [:]
        for part in self {
            if names[part.reason] == nil { reasons.append(part.reason) }
            names[part.reason, default: []].append(part.name)
        }
        let words = reasons.prefix(Self.named).map { reason in
            let all = names[reason] ?? []
            let others = all.count > Self.named ? " and \(all.count - Self.named) others" : ""
            return "\(all.prefix(Self.named).joined(separator: ", "))\(others): \(reason)"
        }
        let more = reasons.count > Self.named ? "; others for \(reasons.count - Self.named) other reasons" : ""
        return "the VMs of \(count == 1 ? "one host" : "\(count) hosts") could not be listed, and were not polled: "
            + words.joined(separator: "; ") + more
    }
}
