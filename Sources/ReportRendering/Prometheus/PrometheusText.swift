import GuestCustomization

/// Writes Prometheus' text format: families of metrics, each with all its samples together.
struct PrometheusText {
    enum Kind: String {
        case gauge, counter, histogram
    }

    /// The prefix of all names.
    static let namespace = "customization_history_"

    private(set) var text = ""
    private var name = ""

    /// Begins a family; one without samples is left out.
    mutating func family(_ name: String, _ kind: Kind, _ help: String, _ samples: (inout PrometheusText) -> Void) {
        self.name = Self.namespace + name
        let before = text
        text += "# HELP \(self.name) \(help)\n# TYPE \(self.name) \(kind.rawValue)\n"
        let head = text.utf8.count
        samples(&self)
        if text.utf8.count == head { text = before }
    }

    mutating func sample(_ labels: [(String, String)], _ value: Double, suffix: String = "") {
        let pairs = labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
        text +=
            "\(name)\(suffix)\(pairs.isEmpty ? "" : "{\(pairs)}") \(value == .infinity ? "+Inf" : ExactNumber.text(value))\n"
    }

    mutating func histogram(_ labels: [(String, String)], _ durations: DurationTotals) {
        for (bound, count) in zip(DurationTotals.upperBounds, durations.counts) {
            sample(labels + [("le", String(bound))], Double(count), suffix: "_bucket")
        }
        sample(labels + [("le", "+Inf")], Double(durations.count), suffix: "_bucket")
        sample(labels, durations.sumSeconds, suffix: "_sum")
        sample(labels, Double(durations.count), suffix: "_count")
    }

    /// In addition to what the format requires, characters that would affect a terminal are written as `\u{…}`, in ASCII: Prometheus
    /// accepts them unescaped, but people read this file too.
    private static func escaped(_ value: String) -> String {
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            case _ where scalar.isUnseen: escaped += "\\\\u{\(String(scalar.value, radix: 16))}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
