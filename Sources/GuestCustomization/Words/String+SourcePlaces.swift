extension String {
    /// A library's error message without locations in its source, such as `at /build/…/ssl_cert.cc:412`, which are paths of the machine
    /// that built the program.
    package var withoutSourcePlaces: String {
        var kept: [Substring] = []
        for word in split(separator: " ", omittingEmptySubsequences: false) {
            guard word.namesSourcePlace else {
                kept.append(word)
                continue
            }
            if kept.last == "at" || kept.last == "in" { kept.removeLast() }
            // Punctuation after it that closes a list or a sentence.
            let end = word.reversed().prefix { !$0.isNumber && !$0.isLetter }.reversed()
            if !end.isEmpty { kept.append((kept.popLast() ?? "") + String(end)) }
        }
        return kept.joined(separator: " ")
    }
}

extension Substring {
    /// Whether it is like `/a/b.swift:12`, `File.swift:12:34` or `/a/b.cc`, possibly with punctuation around it.
    fileprivate var namesSourcePlace: Bool {
        [".swift", ".cc", ".c", ".cpp", ".h", ".inc"].contains { ending in
            firstRange(of: ending).map { place in
                let rest = self[place.upperBound...]
                let isEnded = rest.first.map { !$0.isLetter && !$0.isNumber } ?? true
                return isEnded && (self[..<place.lowerBound].contains("/") || rest.first == ":")
            } ?? false
        }
    }
}
