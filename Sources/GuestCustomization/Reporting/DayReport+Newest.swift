extension [DayReport] {
    /// The days that remain under a limit: the newest if the days are in order of time, else the first ones.
    package func newest(_ limit: Int) -> ArraySlice<DayReport> {
        let isInOrder = zip(self, dropFirst()).allSatisfy { $0.since < $1.since }
        return isInOrder ? suffix(limit) : prefix(limit)
    }
}
