/// A piece of HTML. Interpolated values are text and are escaped, unless they are `Markup` themselves.
struct Markup: ExpressibleByStringInterpolation {
    var html: String

    init(stringLiteral value: String) {
        html = value
    }

    init(stringInterpolation: StringInterpolation) {
        html = stringInterpolation.html
    }

    /// Untrusted text, safe as the content of an element or of a quoted attribute.
    init(text: String, upTo limit: Int = .max) {
        html = Self.escaped(text.visible(upTo: limit))
    }

    /// Trusted HTML, which is part of the program.
    init(trusted html: String) {
        self.html = html
    }

    /// A text of the program, with its line breaks and columns.
    static func preformatted(_ text: String) -> Markup {
        Markup(trusted: escaped(text))
    }

    private static func escaped(_ text: String) -> String {
        text.replacingScalars { scalar in
            switch scalar {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            case "'": "&#39;"
            default: nil
            }
        }
    }

    /// An untrusted text whose writing direction does not affect its surroundings.
    static func isolated(_ text: String, upTo limit: Int) -> Markup {
        "<bdi>\(Markup(text: text, upTo: limit))</bdi>"
    }

    struct StringInterpolation: StringInterpolationProtocol {
        var html = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            html.reserveCapacity(literalCapacity + interpolationCount * 8)
        }

        mutating func appendLiteral(_ literal: String) { html += literal }
        mutating func appendInterpolation(_ text: String) { html += Markup(text: text).html }
        mutating func appendInterpolation(_ number: Int) { html += String(number) }
        mutating func appendInterpolation(_ markup: Markup) { html += markup.html }
        mutating func appendInterpolation(_ markup: Markup?) { html += markup?.html ?? "" }
        mutating func appendInterpolation(_ markups: [Markup]) { for markup in markups { html += markup.html } }
        /// A share of a length, as `12.5%`.
        mutating func appendInterpolation(percent share: Double) {
            html += "\((share * 100_000).rounded() / 1000)%"
        }
    }
}
