/// What a report says about what customized VMs are: which values fail how often, and which of them are suspect.
package struct AttributeReport: Hashable, Sendable {
    /// The attribute whose values `values` has; `nil` if none was asked for.
    package var attribute: VirtualMachineAttribute?
    /// Each value with a customization in the window, the one with the most failures first; the unknown one last.
    package var values: [AttributeValueReport]
    /// Finished customizations in the window.
    package var finished: Int
    /// Those of them of whose VMs at least one attribute is known.
    package var attributed: Int
    /// How many values were tested.
    package var tested: Int
    /// The values whose VMs fail more often than is easily explained by chance, the least explicable first.
    package var suspects: [Suspect]

    package init(
        attribute: VirtualMachineAttribute? = nil, values: [AttributeValueReport] = [], finished: Int,
        attributed: Int, tested: Int, suspects: [Suspect]
    ) {
        self.attribute = attribute
        self.values = values
        self.finished = finished
        self.attributed = attributed
        self.tested = tested
        self.suspects = suspects
    }
}

/// The customizations in a window of the VMs with one value of an attribute.
package struct AttributeValueReport: Hashable, Sendable {
    /// Such as the name of a host; `nil` where it is unknown.
    package var value: String?
    /// How many VMs had one.
    package var virtualMachines: Int
    /// Their figures.
    package var figures: CustomizationFigures

    package init(value: String?, virtualMachines: Int, figures: CustomizationFigures) {
        self.value = value
        self.virtualMachines = virtualMachines
        self.figures = figures
    }
}

extension AttributeValueReport {
    /// Whether it comes before another one in a report: more failures, then the higher rate, then the name; unknown is last.
    func comes(before other: AttributeValueReport) -> Bool {
        guard let value, let otherValue = other.value else { return value != nil }
        let (rate, otherRate) = (figures.failureRate ?? -1, other.figures.failureRate ?? -1)
        if figures.failed != other.figures.failed { return figures.failed > other.figures.failed }
        return rate == otherRate ? value < otherValue : rate > otherRate
    }
}
