/// The word that was probably meant.
package enum NearestWord {
    /// The known word that a few slips of the keyboard make `word` of; `nil` where there is none. Upper and lower case are one.
    package static func to(_ word: String, among known: some Sequence<String>) -> String? {
        ranked(word, known) { slips($0, $1) }.first
    }

    /// The known words near `word`, the nearest first and those equally near in the alphabet's order: those that it begins, those
    /// that hold it, and those that a few slips of the keyboard make of it. Upper and lower case are one.
    package static func several(to word: String, among known: some Sequence<String>, atMost limit: Int) -> [String] {
        Array(ranked(word, known) { slips($0, $1) ?? part($0, of: $1) }.prefix(limit))
    }

    private static func ranked(
        _ word: String, _ known: some Sequence<String>, by distance: (_ wanted: [UInt8], _ candidate: [UInt8]) -> Int?
    ) -> [String] {
        let wanted = Array(word.lowercased().utf8.prefix(longest))
        guard !wanted.isEmpty else { return [] }
        var near: [(distance: Int, word: String)] = []
        for candidate in Set(known) {
            if let distance = distance(wanted, Array(candidate.lowercased().utf8.prefix(longest))) {
                near.append((distance, candidate))
            }
        }
        return near.sorted { ($0.distance, $0.word) < ($1.distance, $1.word) }.map(\.word)
    }

    /// Bytes of a word that are compared: whatever comes from a server or a command line, a look at it costs little.
    private static let longest = 128

    /// What was left out at an end weighs less than two slips.
    private static func part(_ wanted: [UInt8], of candidate: [UInt8]) -> Int? {
        guard wanted.count >= 2 else { return nil }
        if candidate.starts(with: wanted) { return 15 }
        return candidate.indices.contains { candidate[$0...].starts(with: wanted) } ? 25 : nil
    }

    /// Ten for each insertion, deletion, substitution and exchange of neighbours that lies between two words (optimal string
    /// alignment); `nil` where those are too many. Words far apart in length are not compared at all.
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
