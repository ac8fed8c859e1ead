import GuestCustomization

extension LocalizableMessage {
    /// A LocalizableMessage as sent over the wire; a member of the wrong type counts as missing. `nil` if it is not an object.
    init?(wire: JSONValue) {
        guard wire.members != nil else { return nil }
        self.init(
            id: wire["id"]?.string ?? "", defaultMessage: wire["default_message"]?.string ?? "",
            args: wire["args"]?.array?.compactMap(\.string) ?? [], params: wire.params,
            localized: wire["localized"]?.string)
    }
}

extension JSONValue {
    /// The named values of a message; those of unknown types are left out.
    fileprivate var params: [String: LocalizationParam]? {
        self["params"]?.members.map { members in
            var params: [String: LocalizationParam] = [:]
            for member in members where params[member.name] == nil {
                params[member.name] = LocalizationParam(wire: member.value)
            }
            return params
        }
    }
}

extension LocalizationParam {
    fileprivate init?(wire: JSONValue) {
        let value: Value? =
            if let string = wire["s"]?.string {
                .string(string)
            } else if let dateTime = wire["dt"]?.string {
                .dateTime(dateTime)
            } else if let integer = wire["i"]?.integer {
                .integer(integer)
            } else if let double = wire["d"]?.double {
                .double(double)
            } else if let message = wire["l"], message.members != nil {
                .message(NestedLocalizableMessage(id: message["id"]?.string ?? "", params: message.params))
            } else {
                nil
            }
        guard let value else { return nil }
        self.init(value, format: wire["format"]?.string, precision: wire["precision"]?.integer)
    }
}
