/// A text that is sent to a vCenter and never shown: printing, dumping or reflecting it shows `<redacted>`.
package struct Secret: Hashable, Sendable {
    /// The text itself. Use it only to send it.
    package let exposed: String

    package init(_ text: String) {
        exposed = text
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    // Without this, `dump` and string interpolation of an enclosing value would show the stored property.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
