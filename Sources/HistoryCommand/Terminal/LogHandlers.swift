import Foundation
import GuestCustomization
import Logging
import ReportRendering

/// Messages for people: `PROGRAM: MESSAGE`, with the facts in the message, one line each, safe for a terminal.
struct PlainLogHandler: LogHandler {
    var logLevel = Logger.Level.notice
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        say(
            "\(ProgramName.called): " + LogLine.text("\(event.message)", metadata.merging(event.metadata ?? [:]) { $1 })
        )
    }
}

/// Messages for programs: one JSON object per line, with `time`, `level`, the constant `message` and the facts that it names.
struct JSONLogHandler: LogHandler {
    var logLevel = Logger.Level.notice
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var object = metadata.merging(event.metadata ?? [:]) { $1 }
        object["time"] = "\(Clocks.machine.now().rfc3339)"
        object["level"] = "\(event.level.rawValue)"
        object["message"] = "\(event.message)"
        TransientLine.replace(by: JSONText.object(object.mapValues(\.json)) + "\n")
    }
}
