import HistoryConfiguration
import HistoryStore

extension ReachedVCenter {
    /// A configured vCenter that a run reached.
    ///
    /// - Parameter instanceUUID: `nil` if it could not be determined.
    init(_ vCenter: VCenterConfiguration, instanceUUID: String?) {
        self.init(
            name: vCenter.name, isNameGiven: vCenter.isNameGiven, address: vCenter.address.description,
            instanceUUID: instanceUUID)
    }
}
