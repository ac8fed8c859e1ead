import GuestCustomization
import Yams

/// A value in a configuration file, and its line.
struct Located<Value> {
    var value: Value
    var line: Int
}

/// A mapping in a configuration file, read strictly: an unknown key or a value of the wrong type is refused with the
/// file, line and the nearest known word.
struct YAMLSection {
    /// The file, for errors.
    let path: String
    let line: Int
    private let values: [String: Located<Node>]

    /// A section with nothing in it.
    init(emptyIn path: String) {
        self.path = path
        line = 1
        values = [:]
    }

    /// - Parameter name: What the mapping is, for errors: `defaults`, `an item of vcenters`.
    init(_ node: Node, path: String, name: String, keys: [String]) throws(HistoryError) {
        self.path = path
        line = node.mark?.line ?? 1
        guard let mapping = node.mapping else {
            throw Self.refusal(path, line, "\(name) must be a mapping: lines of KEY: VALUE")
        }
        var values: [String: Located<Node>] = [:]
        for (key, value) in mapping {
            let keyLine = key.mark?.line ?? line
            guard let word = key.scalar?.string, keys.contains(word) else {
                throw Self.refusal(
                    path, keyLine, Self.unknown("key", key.scalar?.string ?? "(not a word)", known: keys))
            }
            values[word] = Located(value: value, line: keyLine)
        }
        self.values = values
    }

    func contains(_ key: String) -> Bool { values[key] != nil }

    /// `FILE:LINE: KEY`, or `FILE:LINE` if there is no such key. Errors found later name a setting in this way.
    func place(_ key: String) -> String { values[key].map { "\(path):\($0.line): \(key)" } ?? "\(path):\(line)" }

    func refusal(_ line: Int, _ problem: String) -> HistoryError { Self.refusal(path, line, problem) }

    static func refusal(_ path: String, _ line: Int, _ problem: String) -> HistoryError {
        HistoryError(.configuration, about: "\(path):\(line)", problem)
    }

    static func unknown(_ noun: String, _ word: String, known: [String]) -> String {
        if noun == "key", word == "password" {
            return "this file must not contain a password; name a password_file or a password_command"
        }
        let remedy =
            NearestWord.to(word, among: known).map { "did you mean \($0)?" }
            ?? "the known ones are \(known.joined(separator: ", "))"
        return "unknown \(noun) \"\(word.shown(upTo: 60))\"; \(remedy)"
    }

    func string(_ key: String) throws(HistoryError) -> Located<String>? {
        guard let found = values[key] else { return nil }
        return try text(found.value, of: key, line: found.line, "one text")
    }

    /// A list of texts, or one text for a list of one; never empty.
    func strings(_ key: String) throws(HistoryError) -> [Located<String>]? {
        guard let found = values[key] else { return nil }
        guard let sequence = found.value.sequence else {
            return [try text(found.value, of: key, line: found.line, "one text or a list of texts")]
        }
        var texts: [Located<String>] = []
        for item in sequence {
            texts.append(try text(item, of: key, line: item.mark?.line ?? found.line, "a list of texts"))
        }
        guard !texts.isEmpty else {
            throw refusal(found.line, "\(key) is an empty list; leave it out or add an item")
        }
        return texts
    }

    private func text(_ node: Node, of key: String, line: Int, _ wanted: String) throws(HistoryError) -> Located<
        String
    > {
        guard let scalar = node.scalar else { throw refusal(line, "\(key) must be \(wanted)") }
        let text = scalar.string
        guard node.null == nil || scalar.style != .plain, !text.isEmpty else {
            throw refusal(line, "\(key) is empty; leave it out or give it a value")
        }
        guard text.shown(upTo: .max) == text, !text.contains("\u{A0}") || scalar.style != .doubleQuoted else {
            // "CORP\admin" and "CORP\_svc" are both valid escapes, and neither gives the intended name.
            let remedy = scalar.style == .doubleQuoted ? "; \(YAMLDocument.backslashRemedy)" : ""
            throw refusal(line, "\(key) contains a control character\(remedy)")
        }
        return Located(value: text, line: line)
    }

    func bool(_ key: String) throws(HistoryError) -> Bool? {
        guard let found = values[key] else { return nil }
        guard let value = found.value.bool else { throw refusal(found.line, "\(key) must be true or false") }
        return value
    }

    func integer(_ key: String, in range: ClosedRange<Int>) throws(HistoryError) -> Int? {
        guard let found = values[key] else { return nil }
        guard let value = found.value.int, range.contains(value) else {
            throw refusal(found.line, "\(key) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func duration(_ key: String) throws(HistoryError) -> Duration? {
        guard let found = try string(key) else { return nil }
        guard let value = Duration(text: found.value), value > .zero else {
            throw refusal(found.line, "\(key) must be greater than zero: \(Duration.grammar)")
        }
        return value
    }

    func section(_ key: String, keys: [String]) throws(HistoryError) -> YAMLSection? {
        guard let found = values[key] else { return nil }
        return try YAMLSection(found.value, path: path, name: key, keys: keys)
    }

    func sections(_ key: String, keys: [String]) throws(HistoryError) -> [YAMLSection]? {
        guard let found = values[key] else { return nil }
        guard let sequence = found.value.sequence else {
            throw refusal(found.line, "\(key) must be a list: lines that begin with \"- \"")
        }
        var sections: [YAMLSection] = []
        for item in sequence {
            sections.append(try YAMLSection(item, path: path, name: "an item of \(key)", keys: keys))
        }
        return sections
    }
}
