import Foundation

/// How a table is written for a terminal.
package struct TableFormat: Sendable {
    /// Maximum width of a line, in columns.
    package var width: Int
    /// Whether ANSI escape sequences are used.
    package var colors: Bool
    /// The time zone of all times.
    package var timeZone: TimeZone

    package init(width: Int = 100, colors: Bool = false, timeZone: TimeZone = .current) {
        self.width = width
        self.colors = colors
        self.timeZone = timeZone
    }
}
