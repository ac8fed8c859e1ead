import GuestCustomization

/// A value of the vim25 API, written as JSON or as SOAP's XML.
indirect enum VIValue: Sendable {
    case string(String)
    /// The name of an inventory object, which vCenter escapes.
    case name(String)
    case integer(Int)
    case boolean(Bool)
    case date(Timestamp)
    case reference(VIReference)
    case list([VIValue])
    /// A structure of this type; what is unset is left out.
    case structure(String, [(name: String, value: VIValue)])
    /// JSON that is already written, well-formed or not.
    case json(String)
}

/// A managed object.
struct VIReference: Hashable, Sendable {
    let type: String
    let id: String
}

extension JSONWriter {
    /// - Parameter isBoxed: Whether a primitive is wrapped, as it is where the API says "any type".
    mutating func value(_ value: VIValue, isBoxed: Bool = false) {
        switch value {
        case .string(let text): box("string", isBoxed) { $0.string(text) }
        case .name(let name): box("string", isBoxed) { $0.inventoryName(name) }
        case .integer(let number): box("int", isBoxed) { $0.raw(String(number)) }
        case .boolean(let flag): box("boolean", isBoxed) { $0.raw(flag ? "true" : "false") }
        case .date(let instant): box("dateTime", isBoxed) { $0.string(instant.rfc3339) }
        case .reference(let object):
            raw(#"{"_typeName":"ManagedObjectReference","type":"#)
            string(object.type)
            raw(#","value":"#)
            string(object.id)
            raw("}")
        // Lists of references are the only ones that are sent as "any type".
        case .list(let values): box("ArrayOfManagedObjectReference", isBoxed) { $0.array(values) { $0.value($1) } }
        case .structure(let type, let members):
            raw(#"{"_typeName":"\#(type)""#)
            for (name, member) in members {
                raw(",\"\(name)\":")
                // The only member of "any type" that is sent.
                self.value(member, isBoxed: type == "DynamicProperty" && name == "val")
            }
            raw("}")
        case .json(let text): raw(text)
        }
    }

    private mutating func box(_ type: String, _ isBoxed: Bool, _ write: (inout JSONWriter) -> Void) {
        guard isBoxed else { return write(&self) }
        raw(#"{"_typeName":"\#(type)","_value":"#)
        write(&self)
        raw("}")
    }
}
