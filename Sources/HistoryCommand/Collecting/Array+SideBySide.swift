extension Array where Element: Sendable {
    /// The results of `transform` for all elements, in their order, at most `atOnce` at a time. None is started once the task is cancelled.
    func mapSideBySide<Value: Sendable>(
        atOnce: Int = ConnectionShare.maximumVCenters, _ transform: @escaping @Sendable (Element) async -> Value
    ) async -> [Value] {
        await withTaskGroup(of: (Int, Value).self) { group in
            var waiting = enumerated().makeIterator()
            func startNext() {
                guard !Task.isCancelled, let (index, element) = waiting.next() else { return }
                group.addTask { (index, await transform(element)) }
            }
            for _ in 0..<atOnce { startNext() }
            var results: [(index: Int, value: Value)] = []
            while let (index, value) = await group.next() {
                results.append((index, value))
                startNext()
            }
            return results.sorted { $0.index < $1.index }.map(\.value)
        }
    }
}
