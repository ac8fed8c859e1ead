/// One vCenter's figures in a window.
public struct VCenterReport: Hashable, Sendable {
    /// The vCenter's name.
    public var name: String
    /// How many of its VMs had a customization in the window.
    public var virtualMachines: Int
    public var figures: CustomizationFigures
    /// How many collection runs on it began in the window that had a good poll.
    public var goodRuns: Int

    public init(name: String, virtualMachines: Int, figures: CustomizationFigures, goodRuns: Int) {
        self.name = name
        self.virtualMachines = virtualMachines
        self.figures = figures
        self.goodRuns = goodRuns
    }

    /// Whether nothing is known of it: no run had a good poll, and no later one told of a customization.
    public var isWithoutData: Bool { goodRuns == 0 && figures.customizations == 0 }
}
