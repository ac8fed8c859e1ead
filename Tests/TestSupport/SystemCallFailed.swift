import Foundation

/// A system call that failed in a test itself, not in what it tests.
package struct SystemCallFailed: Error, CustomStringConvertible {
    package let description: String

    /// Takes the reason from `errno`.
    package init(_ call: String) { description = "\(call): \(String(cString: strerror(errno)))" }
}
