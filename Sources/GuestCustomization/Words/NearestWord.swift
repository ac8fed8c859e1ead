/// The word that was probably meant.
package enum NearestWord {
    /// The known word that differs from `word` by a few typing errors; `nil` if there is none. Case is ignored.
    package static func to(_ word: String, among known: some Sequence<String>) -> String? {
        ranked(word, known) { slips($0, $1) }.first
    }

    /// The known words near `word`, the nearest first and equally near ones in alphabetical order: words that begin with it, words
    /// that contain it, and words that differ from it by a few typing errors. Case is ignored.
    package static func several(to word: String, among known: some Sequence<String>, atMost limit: Int) -> [String] {
        Array(ranked(word, known) { slips($0, $1) ?? part($0, of: $1) }.prefix(limit))
    }

    private static func ranked(
        _ word: String, _ known: some Sequence<String>, by distance: (_ wanted: [UInt8], _ candidate: [UInt8]) -> Int?
    ) -> [String] {
        let wanted = Array(word.lowercased().utf8.prefix(comparedBytes))
        guard !wanted.isEmpty else { return [] }
        var near: [(distance: Int, word: String)] = []
        for candidate in Set(known) {
            if let distance = distance(wanted, Array(candidate.lowercased().utf8.prefix(comparedBytes))) {
                near.append((distance, candidate))
            }
        }
        return near.sorted { ($0.distance, $0.word) < ($1.distance, $1.word) }.map(\.word)
    }

    /// Bytes of a word that are compared, so that any text from a server or a command line is cheap to compare.
    private static let comparedBytes = 128

    /// A missing beginning or end counts less than two typing errors.
    private static func part(_ wanted: [UInt8], of candidate: [UInt8]) -> Int? {
        guard wanted.count >= 2 else { return nil }
        if candidate.starts(with: wanted) { return 15 }
        return candidate.indices.contains { candidate[$0...].starts(with: wanted) } ? 25 : nil
    }

    /// Ten for each insertion, deletion, substitution and swap of neighbours between two words (optimal string
    /// alignment); `nil` if there are too many. Words of very different length are not compared.
    private static func slips(_ left: [UInt8], _ right: [UInt8]) -> Int? {
        let allowed = left.count <= 3 ? 1 : max(2, left.count / 3)
        guard abs(left.count - right.count) <= allowed else { return nil }
        var rows = [Array(0...right.count)]
        for (i, a) in left.enumerated() {
            var row = [i + 1]
            for (j, b) in right.enumerated() {
                var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a == b ? 0 : 1))
                if i > 0, j > 0, a == right[j - 1], left[i - 1] == b { best = min(best, rows[i - 1][j - 1] + 1) }
                row.append(best)
            }
            rows.append(row)
        }
        let slips = rows[left.count][right.count]
        return slips <= allowed ? 10 * slips : nil
    }
}
