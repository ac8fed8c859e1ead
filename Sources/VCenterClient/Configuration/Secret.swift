/// A text that is to be sent to a vCenter and shown to nobody: printing, dumping or reflecting it shows `<redacted>`.
package struct Secret: Hashable, Sendable {
    /// The text itself. Name it only where it is sent.
    package let exposed: String

    package init(_ text: String) {
        exposed = text
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    // Without this, `dump` and string interpolation of an enclosing value would read the stored property.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
