/// Why a run was given up whose polls could not all be recorded, and how many were lost by that.
public struct UnrecordedPolls: Error, CustomStringConvertible {
    /// Polls that were answered, or failed, and are not in the history.
    public var count: Int
    /// What the recorder failed with.
    public var cause: any Error

    /// One line, to follow what is said of the cause.
    public var loss: String { "\(count) polled result\(count == 1 ? " is" : "s are") not recorded and lost" }

    public var description: String { "\(cause); \(loss)" }
}
