import Foundation

/// A name as vCenter's inventory holds it, and as people see and type it.
///
/// vCenter writes `%`, `/` and `\` in a name as `%25`, `%2f` and `%5c`; its own clients show and take them decoded (docs/vcenter-api.md,
/// "Listing VMs"). Unicode also has two forms of é, which look the same. So names are stored as the server sent them, and are
/// shown and compared decoded and in Unicode's composed form (NFC).
package struct InventoryName: Hashable, Sendable {
    /// The name as the server sent it.
    package let raw: String
    /// As people see it: decoded, in NFC.
    package let shown: String

    /// Decodes a name that the server sent.
    package init(raw: String) {
        self.raw = raw
        shown = Self.composed(Self.decoded(raw))
    }

    /// What a text that a person typed may mean: the name as it is shown, or as the API writes it.
    package static func meanings(of text: String) -> [String] {
        let typed = composed(text)
        let decoded = InventoryName(raw: text).shown
        return typed.utf8.elementsEqual(decoded.utf8) ? [typed] : [typed, decoded]
    }

    /// Whether a text that a person typed means this name.
    package func isMeant(by text: String) -> Bool {
        raw.utf8.elementsEqual(text.utf8) || Self.meanings(of: text).contains { $0.utf8.elementsEqual(shown.utf8) }
    }

    /// The ways in which a server may hold the name that a person typed: its escapes in either case or none, in either form of Unicode.
    package static func spellings(of text: String) -> [String] {
        var spellings: [String] = []
        var seen: Set<[UInt8]> = []
        for meaning in meanings(of: text) {
            for form in [meaning, meaning.decomposedStringWithCanonicalMapping] {
                for spelling in [
                    escaped(form, slash: "%2f", backslash: "%5c"), escaped(form, slash: "%2F", backslash: "%5C"), form,
                ]
                where seen.insert(Array(spelling.utf8)).inserted { spellings.append(spelling) }
            }
        }
        return spellings
    }

    /// A name as vCenter writes it.
    package static func escaped(_ name: String) -> String { escaped(name, slash: "%2f", backslash: "%5c") }

    private static func escaped(_ name: String, slash: String, backslash: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in name.unicodeScalars {
            switch scalar {
            case "%": escaped += "%25".unicodeScalars
            case "/": escaped += slash.unicodeScalars
            case "\\": escaped += backslash.unicodeScalars
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }

    /// Each escape is replaced once; a `%` that begins none of the three stays.
    private static func decoded(_ name: String) -> String {
        guard name.utf8.contains(UInt8(ascii: "%")) else { return name }
        let bytes = Array(name.utf8)
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let character = escaped(bytes[index + 1], bytes[index + 2])
            {
                decoded.append(character)
                index += 3
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    /// The character that two digits stand for; `| 0x20` makes a letter lower-case and leaves digits as they are.
    private static func escaped(_ first: UInt8, _ second: UInt8) -> UInt8? {
        switch (first, second | 0x20) {
        case (UInt8(ascii: "2"), UInt8(ascii: "5")): UInt8(ascii: "%")
        case (UInt8(ascii: "2"), UInt8(ascii: "f")): UInt8(ascii: "/")
        case (UInt8(ascii: "5"), UInt8(ascii: "c")): UInt8(ascii: "\\")
        default: nil
        }
    }

    /// Bytes of a text that is treated as a name; vCenter's names have at most 80 characters. Composing a long run of combining marks
    /// takes time quadratic in its length.
    private static let maximumSize = 2048

    private static func composed(_ text: String) -> String {
        // Nearly every name is ASCII, which has only one form.
        text.utf8.count > maximumSize || text.utf8.allSatisfy { $0 < 0x80 }
            ? text : text.precomposedStringWithCanonicalMapping
    }
}
