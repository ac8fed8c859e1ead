/// A file of `/etc/cron.d`, read as Debian's cron reads it (crontab(5)).
struct CronTable {
    struct Job: Equatable {
        var times: [String]
        var user: String
        var command: String
    }

    /// A line that cron would refuse or misread.
    struct Fault: Error, Equatable {
        var line: Int
        var reason: String
    }

    private(set) var environment: [String: String] = [:]
    private(set) var jobs: [Job] = []

    init(_ text: String) throws(Fault) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        // Without it, cron refuses the whole file.
        guard lines.last == "" else { throw Fault(line: lines.count, reason: "no newline at the end") }
        for (index, line) in lines.enumerated() {
            let text = line.drop { $0 == " " || $0 == "\t" }
            guard !text.isEmpty, text.first != "#" else { continue }
            if let setting = text.wholeMatch(of: /([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)/) {
                environment[String(setting.1)] = String(setting.2)
            } else {
                jobs.append(try Self.job(text, line: index + 1))
            }
        }
    }

    private static func job(_ text: Substring, line: Int) throws(Fault) -> Job {
        let fields = text.split(maxSplits: 6) { $0 == " " || $0 == "\t" }.map(String.init)
        guard fields.count == 7 else { throw Fault(line: line, reason: "not five times, a user and a command") }
        for (field, range) in zip(fields, [0...59, 0...23, 1...31, 1...12, 0...7]) where !isTime(field, in: range) {
            throw Fault(line: line, reason: "\(field) is not a time")
        }
        guard fields[5].wholeMatch(of: /[a-z_][a-z0-9_-]*/) != nil else {
            throw Fault(line: line, reason: "\(fields[5]) is not a user")
        }
        guard !fields[6].contains("%") else { throw Fault(line: line, reason: "% means the end of the line to cron") }
        let command = fields[6].drop { $0 == " " || $0 == "\t" }
        return Job(times: Array(fields[..<5]), user: fields[5], command: String(command))
    }

    /// `*`, `5`, `1-5`, with `/2` after a range, and lists of these.
    private static func isTime(_ field: String, in range: ClosedRange<Int>) -> Bool {
        field.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { part in
            guard let match = part.wholeMatch(of: /(?:\*|([0-9]+)(?:-([0-9]+))?)(?:\/([0-9]+))?/) else { return false }
            let (from, to) = (match.1.flatMap { Int($0) }, match.2.flatMap { Int($0) })
            if let step = match.3.flatMap({ Int($0) }), step < 1 || from != nil && to == nil { return false }
            return [from, to].compactMap(\.self).allSatisfy(range.contains) && (from ?? 0) <= (to ?? .max)
        }
    }
}
