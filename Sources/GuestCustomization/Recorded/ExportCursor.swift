/// How far exports of a history have come: every run up to `latest` was exported, except those that were still running.
///
/// Runs are numbered in the order in which they began, and may end in another. A cursor of only the latest number would lose a run
/// that was open when a later one was exported.
package struct ExportCursor: Hashable, Sendable, CustomStringConvertible {
    /// The number of the latest run; 0 if there was none.
    package var latest: Int64
    /// The runs up to it that were still running, ascending.
    package var open: [Int64]

    package init(latest: Int64, open: [Int64] = []) {
        self.latest = latest
        self.open = open
    }

    /// Reads `42` or, if the runs 40 and 41 were still running, `42,40,41`; `nil` for any other text.
    package init?(_ text: String) {
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int64(part) : nil
        }
        guard let latest = numbers.first ?? nil, !numbers.contains(nil) else { return nil }
        self.init(latest: latest, open: numbers.dropFirst().compactMap(\.self).sorted())
    }

    package var description: String { ([latest] + open).map(String.init).joined(separator: ",") }
}
