/// Lets customizations through by what their VMs were. An unknown value matches nothing.
struct AttributeFilter: Sendable {
    private let globs: [VirtualMachineAttribute: [NameGlob]]
    /// Whether a text matches, by its number.
    private var known: [VirtualMachineAttribute: [Int32: Bool]] = [:]

    init(_ filter: ReportFilter) {
        globs = filter.attributes.filter { !$0.value.isEmpty }.mapValues { $0.map(NameGlob.init) }
    }

    mutating func accepts(_ values: AttributeValues, in history: AttributeHistory) -> Bool {
        for (attribute, globs) in globs {
            guard let number = values[attribute] else { return false }
            var accepts = known[attribute]?[number]
            if accepts == nil {
                accepts = globs.contains { $0.matches(history.text(number)) }
                known[attribute, default: [:]][number] = accepts
            }
            if accepts != true { return false }
        }
        return true
    }
}
