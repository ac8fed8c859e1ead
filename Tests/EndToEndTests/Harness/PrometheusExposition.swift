/// Prometheus' text format 0.0.4, read strictly by its documentation; anything else is an error.
///
/// Source: https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details
struct PrometheusExposition {
    struct Family {
        var help: String
        var type: String
        /// By name and labels, as `name{a="b"}`.
        var samples: [(name: String, labels: [String: String], value: Double)] = []
    }

    struct Malformed: Error {
        var line: Int
        var why: String
    }

    private(set) var families: [String: Family] = [:]

    init(_ text: String) throws {
        guard text.hasSuffix("\n") else { throw Malformed(line: 0, why: "the last line does not end") }
        var current = ""
        var series: Set<String> = []
        for (index, line) in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            func check(_ condition: Bool, _ why: String) throws {
                if !condition { throw Malformed(line: index + 1, why: "\(why): \(line)") }
            }
            if let match = line.wholeMatch(of: /# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)/) {
                try check(families[String(match.1)] == nil, "a family comes twice")
                current = String(match.1)
                families[current] = Family(help: String(match.2), type: "")
            } else if let match = line.wholeMatch(of: /# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (gauge|counter|histogram)/) {
                try check(
                    String(match.1) == current && families[current]?.samples.isEmpty == true,
                    "a type in the wrong place")
                families[current]?.type = String(match.2)
            } else {
                guard let match = line.wholeMatch(of: /([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? ([^ ]+)/),
                    let value = match.3 == "+Inf" ? .infinity : Double(match.3)
                else { throw Malformed(line: index + 1, why: "no sample: \(line)") }
                let labels = try Self.labels(match.2 ?? "", line: index + 1)
                let name = String(match.1)
                let suffixes = families[current]?.type == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
                try check(suffixes.contains { current + $0 == name }, "a sample outside its family")
                try check(families[current]?.type != "", "a family without a type")
                try check(
                    series.insert(name + labels.sorted { $0.key < $1.key }.description).inserted, "a series comes twice"
                )
                families[current]?.samples.append((name, labels, value))
            }
        }
        for (name, family) in families where family.type == "histogram" { try Self.checkHistogram(name, family) }
    }

    /// The value of one series, or of one part of a histogram.
    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        let full = "customization_history_" + name
        return families.values.flatMap(\.samples).first { sample in
            sample.name == full && labels.allSatisfy { sample.labels[$0.key] == $0.value }
        }?.value
    }

    private static func labels(_ text: Substring, line: Int) throws -> [String: String] {
        var labels: [String: String] = [:]
        var rest = text
        while !rest.isEmpty {
            guard let head = rest.prefixMatch(of: /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(,(?=.)|$)/) else {
                throw Malformed(line: line, why: "no label: \(rest)")
            }
            guard labels.updateValue(unescaped(head.2), forKey: String(head.1)) == nil else {
                throw Malformed(line: line, why: "a label comes twice")
            }
            rest = rest[head.range.upperBound...]
        }
        return labels
    }

    private static func unescaped(_ text: Substring) -> String {
        var value = ""
        var characters = text.unicodeScalars.makeIterator()
        while let scalar = characters.next() {
            if scalar == "\\", let next = characters.next() {
                value.unicodeScalars.append(next == "n" ? "\n" : next)
            } else {
                value.unicodeScalars.append(scalar)
            }
        }
        return value
    }

    private static func checkHistogram(_ name: String, _ family: Family) throws {
        func labels(_ sample: [String: String]) -> String {
            sample.filter { $0.key != "le" }.sorted { $0.key < $1.key }.description
        }
        for (key, samples) in Dictionary(grouping: family.samples, by: { labels($0.labels) }) {
            let buckets = samples.filter { $0.name == name + "_bucket" }
            let bounds = buckets.compactMap { bucket in
                bucket.labels["le"].flatMap { $0 == "+Inf" ? .infinity : Double($0) }
            }
            let count = samples.filter { $0.name == name + "_count" }.map(\.value)
            guard bounds.count == buckets.count, bounds == bounds.sorted(), bounds.last == .infinity,
                buckets.map(\.value) == buckets.map(\.value).sorted(), count == [buckets.last?.value],
                samples.count(where: { $0.name == name + "_sum" }) == 1
            else { throw Malformed(line: 0, why: "histogram \(name) \(key) contradicts itself") }
        }
    }
}
