extension [DayReport] {
    /// The days that a limit leaves: the newest where they stand in their order, else the first.
    package func newest(_ limit: Int) -> ArraySlice<DayReport> {
        let isInOrder = zip(self, dropFirst()).allSatisfy { $0.since < $1.since }
        return isInOrder ? suffix(limit) : prefix(limit)
    }
}
