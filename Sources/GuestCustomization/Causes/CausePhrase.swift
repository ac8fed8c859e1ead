/// What a message says in some case, as whole words: `tools ~ not running|responding`.
///
/// Words stand one after the other in one sentence, `a|b` is either word, `~` is any number of words that say nothing of
/// their own (`is`, `with status`), and `*` is up to six words of any kind.
struct CausePhrase: Hashable, Sendable, ExpressibleByStringLiteral {
    let text: String
    private let steps: [Step]

    private enum Step: Hashable, Sendable {
        case word([String])
        case filler
        case gap
    }

    private static let fillers: Set<String> = [
        "is", "are", "was", "were", "be", "been", "has", "have", "had", "a", "an", "the", "with", "of", "this", "that",
        "your", "currently", "yet", "still", "status", "code", "value", "error", "command", "or", "to", "it", "in",
    ]
    private static let longestGap = 6

    init(stringLiteral text: String) {
        self.text = text
        steps = text.split(separator: " ").map { word in
            switch word {
            case "~": .filler
            case "*": .gap
            default: .word(word.split(separator: "|").map(String.init))
            }
        }
    }

    func isSaid(in words: [String]) -> Bool {
        words.indices.contains { Self.fits(steps[...], words[$0...]) }
    }

    private static func fits(_ steps: ArraySlice<Step>, _ words: ArraySlice<String>) -> Bool {
        guard let step = steps.first else { return true }
        let rest = steps.dropFirst()
        switch step {
        case .word(let choices):
            guard let word = words.first, choices.contains(word) else { return false }
            return fits(rest, words.dropFirst())
        case .filler:
            return skipping(words, upTo: .max, where: fillers.contains, rest)
        case .gap:
            return skipping(words, upTo: longestGap, where: { !$0.isEmpty }, rest)
        }
    }

    private static func skipping(
        _ words: ArraySlice<String>, upTo limit: Int, where isSkipped: (String) -> Bool, _ rest: ArraySlice<Step>
    ) -> Bool {
        var words = words
        var skipped = 0
        while true {
            if fits(rest, words) { return true }
            guard skipped < limit, let word = words.first, isSkipped(word) else { return false }
            words = words.dropFirst()
            skipped += 1
        }
    }
}
