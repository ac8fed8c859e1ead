import FoundationEssentials

/// A text that is to be sent to a vCenter and shown to nobody: printing, dumping or reflecting it shows `<redacted>`.
public struct Secret: Hashable, Sendable {
    /// The text itself. Name it only where it is sent.
    public let exposed: String

    public init(_ text: String) {
        exposed = text
    }

    /// Bytes in a row that a text may not have in common with a secret: fewer are words such as `token=`.
    private static let longestCommonRun = 7

    /// Whether a text that is to be shown repeats this value of an `Authorization` header, or a part of it: what the server chose
    /// to show of a header may be cut anywhere. The scheme in front is no secret.
    func isRepeated(in text: String) -> Bool {
        if let password = basicPassword, !password.isEmpty, text.contains(password) { return true }
        let secret = Array((exposed.split(separator: " ", maxSplits: 1).last ?? "").utf8)
        let length = min(secret.count, Self.longestCommonRun + 1)
        guard length > 0 else { return false }
        func runs(of bytes: [UInt8]) -> Set<ArraySlice<UInt8>> {
            bytes.count < length ? [] : Set((0...bytes.count - length).map { bytes[$0..<$0 + length] })
        }
        return !runs(of: secret).isDisjoint(with: runs(of: Array(text.utf8)))
    }

    /// The password in the value of a Basic `Authorization` header.
    private var basicPassword: Substring? {
        let words = exposed.split(separator: " ")
        guard words.count == 2, words[0] == "Basic", let login = Data(base64Encoded: String(words[1])) else {
            return nil
        }
        let text = String(decoding: login, as: UTF8.self)
        return text.firstIndex(of: ":").map { text[text.index(after: $0)...] }
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    // Without this, `dump` and string interpolation of an enclosing value would read the stored property.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
