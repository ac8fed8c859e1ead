import ArgumentParser
import GuestCustomization

/// A duration on the command line, such as `20ms`, `30s`, `5m`, `1h` or `2d`.
struct DurationArgument: ExpressibleByArgument {
    var duration: Duration
    var defaultValueDescription: String

    init?(argument: String) {
        guard let duration = Duration(text: argument) else { return nil }
        self.duration = duration
        defaultValueDescription = argument
    }

    /// For the default value of an option.
    static func of(_ text: StaticString) -> DurationArgument {
        guard let value = DurationArgument(argument: "\(text)") else { preconditionFailure("no duration: \(text)") }
        return value
    }
}
