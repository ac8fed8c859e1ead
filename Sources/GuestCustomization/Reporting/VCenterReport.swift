/// One vCenter's figures in a window.
package struct VCenterReport: Hashable, Sendable {
    /// The vCenter's name.
    package var name: String
    /// How many of its VMs had a customization in the window.
    package var virtualMachines: Int
    package var figures: CustomizationFigures
    /// How many collection runs on it began in the window that had a good poll.
    package var goodRuns: Int

    package init(name: String, virtualMachines: Int, figures: CustomizationFigures, goodRuns: Int) {
        self.name = name
        self.virtualMachines = virtualMachines
        self.figures = figures
        self.goodRuns = goodRuns
    }

    /// Whether nothing is known of it: no run had a good poll, and no later one told of a customization.
    package var isWithoutData: Bool { goodRuns == 0 && figures.customizations == 0 }
}
