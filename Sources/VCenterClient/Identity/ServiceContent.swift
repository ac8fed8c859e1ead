import Foundation

/// The one property that is read of a vCenter's service content: `about.instanceUuid`.
enum ServiceContent {
    /// The UUID in lower case; `nil` unless the body is the documented object.
    static func instanceUUID(inJSON body: [UInt8]) -> String? {
        JSONReader.value(of: body)?["about"]?["instanceUuid"]?.string.flatMap(uuid)
    }

    /// The text of the first element `instanceUuid` of any prefix, in lower case; `nil` if it is no UUID.
    ///
    /// A scan for the one element, and not an XML parser: Foundation's brings libxml2 and its entities with it, for an answer that
    /// anyone may send before the login. The scan expands nothing, goes over each byte once, and yields a UUID or nothing.
    static func instanceUUID(inXML body: [UInt8]) -> String? {
        var rest = body[...]
        while let start = rest.firstIndex(of: UInt8(ascii: "<")) {
            rest = rest[(start + 1)...]
            guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return nil }
            let tag = rest[..<end]
            rest = rest[(end + 1)...]
            let name = tag.prefix { $0 > UInt8(ascii: " ") }
            guard name.split(separator: UInt8(ascii: ":")).last.map({ $0.elementsEqual("instanceUuid".utf8) }) == true,
                name.first != UInt8(ascii: "/")
            else { continue }
            let text = rest.prefix { $0 != UInt8(ascii: "<") }
            guard text.count <= 100 else { return nil }
            return uuid(String(decoding: text, as: UTF8.self).trimming(while: \.isWhitespace))
        }
        return nil
    }

    private static func uuid(_ text: String) -> String? {
        UUID(uuidString: text).map { $0.uuidString.lowercased() }
    }
}
