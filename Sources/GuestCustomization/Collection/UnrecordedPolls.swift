/// Why a run was given up because not all its polls could be recorded, and how many were lost.
package struct UnrecordedPolls: Error, CustomStringConvertible {
    /// How many polls were made but are not in the history.
    package var count: Int
    /// The recorder's error.
    package var cause: any Error

    /// One line, to follow the description of the cause.
    package var loss: String {
        "\(count) polled result\(count == 1 ? " was" : "s were") not recorded and \(count == 1 ? "is" : "are") lost"
    }

    package var description: String { "\(cause); \(loss)" }
}
