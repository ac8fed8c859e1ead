import GuestCustomization

/// A LocalizableMessage as it comes over the wire; what has the wrong type is read as missing.
struct WireMessage: Decodable {
    var message: LocalizableMessage

    private enum Key: String, CodingKey { case id, defaultMessage = "default_message", args, params, localized }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        message = LocalizableMessage(
            id: fields.lenient(String.self, .id) ?? "",
            defaultMessage: fields.lenient(String.self, .defaultMessage) ?? "",
            args: fields.lenient([Lenient<String>].self, .args)?.compactMap(\.value) ?? [],
            params: fields.lenient([String: Lenient<WireParam>].self, .params)?.compactMapValues(\.value?.param),
            localized: fields.lenient(String.self, .localized))
    }
}

private struct WireParam: Decodable {
    var param: LocalizationParam

    private enum Key: String, CodingKey { case s, dt, i, d, l, format, precision }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        let value: LocalizationParam.Value? =
            if let string = fields.lenient(String.self, .s) {
                .string(string)
            } else if let dateTime = fields.lenient(String.self, .dt) {
                .dateTime(dateTime)
            } else if let integer = fields.lenient(Int64.self, .i) {
                .integer(integer)
            } else if let double = fields.lenient(Double.self, .d) {
                .double(double)
            } else {
                fields.lenient(WireNestedMessage.self, .l).map { .message($0.message) }
            }
        guard let value else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "no value"))
        }
        param = LocalizationParam(
            value, format: fields.lenient(String.self, .format), precision: fields.lenient(Int64.self, .precision))
    }
}

private struct WireNestedMessage: Decodable {
    var message: NestedLocalizableMessage

    private enum Key: String, CodingKey { case id, params }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        message = NestedLocalizableMessage(
            id: fields.lenient(String.self, .id) ?? "",
            params: fields.lenient([String: Lenient<WireParam>].self, .params)?.compactMapValues(\.value?.param))
    }
}
