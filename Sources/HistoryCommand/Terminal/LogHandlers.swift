import Foundation
import GuestCustomization
import Logging
import ReportRendering

/// Messages for people: `PROGRAM: MESSAGE (KEY=VALUE …)`, one line each, safe for a terminal.
struct PlainLogHandler: LogHandler {
    var logLevel = Logger.Level.notice
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let facts = metadata.merging(event.metadata ?? [:]) { $1 }
            .sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let line = "\(event.message)" + (facts.isEmpty ? "" : " (\(facts.joined(separator: " ")))")
        say("\(ProgramName.called): " + line)
    }
}

/// Messages for programs: one JSON object per line, with `time`, `level`, `message` and the facts.
struct JSONLogHandler: LogHandler {
    var logLevel = Logger.Level.notice
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var object = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { "\($0)" }
        object["time"] = Clocks.machine.now().rfc3339
        object["level"] = event.level.rawValue
        object["message"] = "\(event.message)"
        TransientLine.replace(by: JSONText.object(object) + "\n")
    }
}
