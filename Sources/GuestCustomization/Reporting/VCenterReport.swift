/// One vCenter's figures in a window.
package struct VCenterReport: Hashable, Sendable {
    /// The vCenter's name.
    package var name: String
    /// How many of its VMs had a customization in the window.
    package var virtualMachines: Int
    /// The figures of its customizations in the window.
    package var figures: CustomizationFigures
    /// How many of its collection runs with a good poll began in the window.
    package var goodRuns: Int

    /// Whether nothing is known of it: no run had a good poll, and no later one reported a customization.
    package var isWithoutData: Bool { goodRuns == 0 && figures.customizations == 0 }
}
