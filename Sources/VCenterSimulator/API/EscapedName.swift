extension String {
    /// A name as vCenter writes it: `%`, `/` and `\` escaped (docs/vcenter-api.md, "Listing VMs").
    var escapedAsByVCenter: String {
        utf8.contains { "%/\\".utf8.contains($0) }
            ? replacing("%", with: "%25").replacing("/", with: "%2f").replacing("\\", with: "%5c") : self
    }
}

extension JSONWriter {
    /// The name of a VM or of an object that contains it, as vCenter writes it.
    mutating func inventoryName(_ name: String) { string(name.escapedAsByVCenter) }
}
