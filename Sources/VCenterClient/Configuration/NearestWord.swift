/// The word that was probably meant.
enum NearestWord {
    /// The known word nearest to `word` by insertions, deletions, substitutions and swaps; `nil` where none is near.
    static func to(_ word: String, among known: [String]) -> String? {
        let nearest = known.map { ($0, distance(Array(word.lowercased().utf8), Array($0.lowercased().utf8))) }
            .min { $0.1 < $1.1 }
        guard let (candidate, distance) = nearest, distance <= max(2, candidate.utf8.count / 3) else { return nil }
        return candidate
    }

    /// Optimal string alignment; words far apart in length are not compared at all.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        guard abs(left.count - right.count) <= 8 else { return .max }
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
        return rows[left.count][right.count]
    }
}
