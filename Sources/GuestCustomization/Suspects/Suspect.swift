import Foundation

/// A value of an attribute whose VMs fail more often than is easily explained by chance.
package struct Suspect: Hashable, Sendable {
    /// The attribute.
    package var attribute: VirtualMachineAttribute
    /// Such as the name of a host.
    package var value: String
    /// Finished customizations of the VMs with this value.
    package var here: FisherExactTest.Counts
    /// Those of the VMs with another known value of this attribute.
    package var elsewhere: FisherExactTest.Counts
    /// Natural logarithm of the p-value of the one-sided test.
    package var logPValue: Double
    /// The same, adjusted for the number of values tested.
    package var logAdjustedPValue: Double

    /// 0…1; 0 if it is too small for a `Double`.
    package var pValue: Double { exp(logPValue) }
    /// 0…1; 0 if it is too small for a `Double`.
    package var adjustedPValue: Double { exp(logAdjustedPValue) }
}
