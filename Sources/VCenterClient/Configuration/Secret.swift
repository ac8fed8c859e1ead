/// A text that is to be sent to a vCenter and shown to nobody: printing, dumping or reflecting it shows `<redacted>`.
public struct Secret: Hashable, Sendable {
    /// The text itself. Name it only where it is sent.
    public let exposed: String

    public init(_ text: String) {
        exposed = text
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    // Without this, `dump` and string interpolation of an enclosing value would read the stored property.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
