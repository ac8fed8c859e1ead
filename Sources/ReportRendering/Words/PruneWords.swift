import Foundation
import GuestCustomization

/// What a prune removes, in words.
package enum PruneWords {
    /// One or more lines.
    package static func plan(_ plan: PruneFigures, in zone: TimeZone) -> String {
        let times = LocalTimeFormat(zone)
        var lines: [String] = []
        if plan.isUnfinished { lines.append("An earlier prune was interrupted, and will be completed.") }
        if let lastRun = plan.lastRun {
            let (polls, answers) = (FigureText.counted(plan.polls, "poll"), FigureText.counted(plan.answers, "answer"))
            lines.append(
                "Before \(times.minute(plan.before)): \(polls) of \(FigureText.counted(plan.runs, "run")), up to run \(lastRun.rawValue), and \(answers) that nothing else uses."
            )
            let kept =
                plan.baselineBytes > 0 ? ", less \(ByteText.of(plan.baselineBytes)) to keep what they came to" : ""
            lines.append("This frees about \(ByteText.of(plan.bytes))\(kept).")
        } else {
            lines.append("Nothing more to prune before \(times.minute(plan.before)).")
        }
        if let hindrance = plan.hindrance { lines.append("Not more, because \(hindrance).") }
        return lines.map { $0 + "\n" }.joined()
    }
}
