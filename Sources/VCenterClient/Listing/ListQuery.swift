import Foundation

/// The filters on a list: an element matches if it has one of the values of each non-empty filter.
struct ListQuery: Sendable {
    private var filters: [(name: String, values: [String])] = []

    subscript(name: String) -> [String] {
        get { filters.first { $0.name == name }?.values ?? [] }
        set {
            filters.removeAll { $0.name == name }
            filters.append((name, newValue))
        }
    }

    /// `/api/vcenter/vm?folders=group-v12&folders=group-v13&power_states=POWERED_ON`
    func path(of list: String) -> String {
        let items = filters.flatMap { filter in
            filter.values.map { "\(filter.name)=\($0.percentEncodedForURL)" }
        }
        return "/api/vcenter/\(list)" + (items.isEmpty ? "" : "?" + items.joined(separator: "&"))
    }
}

extension String {
    /// For one path segment or one query value. The text comes from the server or a user, so only what RFC 3986 calls
    /// unreserved stays unescaped.
    var percentEncodedForURL: String {
        // Nearly every id is, and Foundation takes a while to say so.
        if utf8.allSatisfy(\.isUnreservedInURL) { return self }
        return addingPercentEncoding(withAllowedCharacters: .unreservedInURL) ?? ""
    }
}

extension UInt8 {
    fileprivate var isUnreservedInURL: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}

extension CharacterSet {
    fileprivate static let unreservedInURL = CharacterSet(charactersIn: "a"..."z")
        .union(CharacterSet(charactersIn: "A"..."Z"))
        .union(CharacterSet(charactersIn: "0"..."9")).union(CharacterSet(charactersIn: "-._~"))
}
