/// The values by which a customization is grouped, as numbers of texts in an `AttributeHistory`.
package struct AttributeValues: Hashable, Sendable {
    private var guestOS = Self.unknown
    private var host = Self.unknown
    private var cluster = Self.unknown
    private var folder = Self.unknown
    private var datacenter = Self.unknown
    private var template = Self.unknown
    private var tools = Self.unknown
    private static let unknown: Int32 = -1

    /// Nothing is known.
    package init() {}

    /// The number of the text; `nil` if it is unknown.
    package subscript(attribute: VirtualMachineAttribute) -> Int32? {
        get {
            let number = self[keyPath: Self.path(of: attribute)]
            return number == Self.unknown ? nil : number
        }
        set { self[keyPath: Self.path(of: attribute)] = newValue ?? Self.unknown }
    }

    private static func path(of attribute: VirtualMachineAttribute) -> WritableKeyPath<AttributeValues, Int32> {
        switch attribute {
        case .guestOS: \.guestOS
        case .host: \.host
        case .cluster: \.cluster
        case .folder: \.folder
        case .datacenter: \.datacenter
        case .template: \.template
        case .tools: \.tools
        }
    }
}
