import GuestCustomization
import Logging
import ReportRendering

/// A message: a constant text with places for facts, such as `{vcenter}: {polled} VMs polled`, and the facts by name.
///
/// Programs get the two apart, people get one sentence. The compiler sees to it that the text is constant: whatever is interpolated has
/// a name.
struct LogLine: ExpressibleByStringInterpolation {
    private(set) var template: String
    private(set) var facts: Logger.Metadata = [:]

    init(stringLiteral text: String) {
        template = text
    }

    init(stringInterpolation: StringInterpolation) {
        template = stringInterpolation.template
        facts = stringInterpolation.facts
    }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var template = ""
        fileprivate var facts: Logger.Metadata = [:]

        init(literalCapacity: Int, interpolationCount: Int) {}

        mutating func appendLiteral(_ text: String) { template += text }

        mutating func appendInterpolation(_ value: some CustomStringConvertible & Sendable, as name: String) {
            template += "{\(name)}"
            facts[name] = .stringConvertible(value)
        }

        /// A list, with commas for people.
        mutating func appendInterpolation(_ values: [String], as name: String) {
            template += "{\(name)}"
            facts[name] = .array(values.map { .string($0) })
        }

        /// A length of time: `3 h 10 m` for people, seconds for programs.
        mutating func appendInterpolation(_ time: Duration, as name: String) {
            appendInterpolation(SpokenFact(description: time.inWords, json: "\(time.seconds)"), as: name)
        }

        /// A number of things: `1 run`, `2 runs` for people.
        mutating func appendInterpolation(_ count: Int, _ noun: String, as name: String) {
            let words = "\(count) \(noun)\(count == 1 ? "" : "s")"
            appendInterpolation(SpokenFact(description: words, json: "\(count)"), as: name)
        }
    }

    /// The sentence for people.
    var text: String { Self.text(template, facts) }

    /// The same with facts that only programs get, because the sentence does not need them.
    func adding(_ more: Logger.Metadata) -> LogLine {
        var line = self
        line.facts.merge(more) { own, _ in own }
        return line
    }

    static func + (left: LogLine, right: LogLine) -> LogLine {
        var both = left.adding(right.facts)
        both.template += right.template
        return both
    }

    /// A text with each `{name}` replaced by the fact of that name. Braces in a fact mean nothing.
    static func text(_ template: String, _ facts: Logger.Metadata) -> String {
        var text = ""
        var rest = template[...]
        while let start = rest.firstIndex(of: "{"), let end = rest[start...].firstIndex(of: "}") {
            let name = String(rest[rest.index(after: start)..<end])
            text += rest[..<start] + (facts[name]?.words ?? "{\(name)}")
            rest = rest[rest.index(after: end)...]
        }
        return text + rest
    }
}

/// A number that people read in words.
private struct SpokenFact: CustomStringConvertible {
    var description: String
    var json: String
}

extension Logger.MetadataValue {
    /// The fact as a part of a sentence.
    fileprivate var words: String {
        if case .array(let values) = self { values.map(\.words).joined(separator: ", ") } else { "\(self)" }
    }

    /// The fact in JSON's notation.
    var json: String {
        switch self {
        case .stringConvertible(let number as Int): "\(number)"
        case .stringConvertible(let fact as SpokenFact): fact.json
        case .array(let values): "[" + values.map(\.json).joined(separator: ",") + "]"
        case .dictionary(let members): JSONText.object(members.mapValues(\.json))
        default: JSONText.quoted("\(self)")
        }
    }
}
