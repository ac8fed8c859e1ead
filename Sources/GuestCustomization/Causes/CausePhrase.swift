/// A pattern of whole words that a message may contain: `tools ~ not running|responding`.
///
/// Words follow one another in one sentence, `a|b` is either word, `~` is any number of filler words (`is`, `with status`),
/// and `*` is up to six words of any kind.
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
    private static let maximumGap = 6

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

    /// The number of steps is at most the words of the message times those of the phrase. Trying each way to skip words would take
    /// exponential time.
    func isSaid(in words: [String]) -> Bool {
        // Whether the phrase so far can end before each word, and after the last one.
        var isReached = Array(repeating: true, count: words.count + 1)
        for step in steps {
            switch step {
            case .word(let choices):
                var next = Array(repeating: false, count: words.count + 1)
                for index in words.indices where isReached[index] && choices.contains(words[index]) {
                    next[index + 1] = true
                }
                isReached = next
            case .filler:
                for index in words.indices where isReached[index] && Self.fillers.contains(words[index]) {
                    isReached[index + 1] = true
                }
            case .gap:
                // How many more words may be skipped before each word.
                var left = isReached.map { $0 ? Self.maximumGap : -1 }
                for index in words.indices where left[index] > 0 && !words[index].isEmpty {
                    left[index + 1] = max(left[index + 1], left[index] - 1)
                }
                isReached = left.map { $0 >= 0 }
            }
            if !isReached.contains(true) { return false }
        }
        return true
    }
}
