/// Why a run was given up whose polls could not all be recorded, and how many were lost by that.
package struct UnrecordedPolls: Error, CustomStringConvertible {
    /// Polls that were answered, or failed, and are not in the history.
    package var count: Int
    /// What the recorder failed with.
    package var cause: any Error

    /// One line, to follow what is said of the cause.
    package var loss: String { "\(count) polled result\(count == 1 ? " is" : "s are") not recorded and lost" }

    package var description: String { "\(cause); \(loss)" }
}
