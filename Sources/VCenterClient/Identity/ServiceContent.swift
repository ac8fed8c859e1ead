import Foundation
import GuestCustomization

/// The only property read from a vCenter's service content: `about.instanceUuid`.
enum ServiceContent {
    /// The UUID in lower case; `nil` unless the body is the documented object.
    static func instanceUUID(inJSON body: [UInt8]) -> String? {
        JSONReader.value(of: body)?["about"]?["instanceUuid"]?.string.flatMap(uuid)
    }

    /// The text of the first `instanceUuid` element, with any prefix, in lower case; `nil` if it is not a UUID.
    ///
    /// This scans for one element instead of parsing XML: Foundation's parser brings in libxml2 and its entities, for an answer that
    /// anyone may send before the login. The scan expands nothing, reads each byte once, and returns a UUID or nothing.
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
