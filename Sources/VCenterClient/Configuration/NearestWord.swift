/// The word that was probably meant.
enum NearestWord {
    /// The known word nearest to `word` by insertions, deletions and substitutions; `nil` where none is near.
    static func to(_ word: String, among known: [String]) -> String? {
        let nearest = known.map { ($0, distance(Array(word.lowercased().utf8), Array($0.lowercased().utf8))) }
            .min { $0.1 < $1.1 }
        guard let (candidate, distance) = nearest, distance <= max(2, candidate.utf8.count / 3) else { return nil }
        return candidate
    }

    /// Levenshtein's distance; words far apart in length are not compared at all.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        guard abs(left.count - right.count) <= 8 else { return .max }
        var rows = [Array(0...right.count)]
        for (i, a) in left.enumerated() {
            var row = [i + 1]
            for (j, b) in right.enumerated() {
                row.append(min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a == b ? 0 : 1)))
            }
            rows.append(row)
        }
        return rows[left.count][right.count]
    }
}
