import GuestCustomization

/// Messages about clocks that were set, for `collect` and `runs` alike.
package enum ClockWords {
    /// `this machine's clock went back by 2h, or the vCenter's forward, since the run before`
    package static func step(_ step: ClockStep) -> String {
        let (ours, theirs) = step.seconds > 0 ? ("back", "forward") : ("forward", "back")
        return
            "this machine's clock went \(ours) by \(FigureText.duration(abs(step.seconds))), or the vCenter's \(theirs), since the run before"
    }
}
