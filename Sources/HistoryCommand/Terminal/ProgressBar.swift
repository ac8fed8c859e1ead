import Foundation
import GuestCustomization
import ReportRendering

/// A line on a terminal that is redrawn during a long operation, at most ten times a second.
///
/// Draws nothing if standard error is not a terminal.
final class ProgressBar: @unchecked Sendable {
    private static let barWidth = 24
    /// Columns, for a terminal that does not report its width.
    private static let defaultWidth = 80
    private static let redrawAfter = Duration.milliseconds(100)

    private let lock = NSLock()
    let isVisible: Bool
    private let clock: SteadyClock
    private let began: Duration
    /// When it was drawn last.
    private var drawn: Duration?

    init(isVisible: Bool, by clock: SteadyClock) {
        self.isVisible = isVisible
        self.clock = clock
        began = clock.now()
    }

    /// Draws the current state if it is time to; the last step is always drawn.
    ///
    /// - Parameter unit: What is counted, in the plural.
    func show(_ label: String, done: Int, of total: Int, unit: String) {
        guard isVisible else { return }
        lock.withLock {
            let now = clock.now()
            if done < total, let drawn, now - drawn < Self.redrawAfter { return }
            drawn = now
            let line = line(label, done, total, unit, after: (now - began).seconds)
            // A line that wraps could not be erased.
            TransientLine.draw(TerminalText(line).truncated(to: Self.width - 1).string)
        }
    }

    /// Erases the line, so that the next output starts on a clean one.
    func clear() {
        guard isVisible else { return }
        lock.withLock {
            if drawn != nil { TransientLine.replace(by: "") }
            drawn = nil
        }
    }

    private static var width: Int {
        var size = winsize()
        return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : defaultWidth
    }

    private func line(_ label: String, _ done: Int, _ total: Int, _ unit: String, after seconds: Double) -> String {
        let share = total == 0 ? 1 : Double(done) / Double(total)
        let filled = Int((share * Double(Self.barWidth)).rounded(.down))
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: Self.barWidth - filled)
        let rate = seconds > 0 ? Double(done) / seconds : 0
        let left = rate > 0 && done < total ? ", \(Int((Double(total - done) / rate).rounded(.up))) s left" : ""
        return "\(label) \(bar) \(done)/\(total) \(unit), \(Int(rate.rounded()))/s\(left)"
    }
}
