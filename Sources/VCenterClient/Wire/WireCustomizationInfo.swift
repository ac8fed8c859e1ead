import GuestCustomization

/// The 200 answer of both customization endpoints. Only `status` is required; what has the wrong type is read as missing,
/// for the raw JSON is kept beside it.
struct WireCustomizationInfo: Decodable {
    var info: CustomizationInfo

    private enum Key: String, CodingKey { case status, startTime = "start_time", endTime = "end_time", error }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        info = CustomizationInfo(
            status: CustomizationStatus(rawValue: try fields.decode(String.self, forKey: .status)),
            startTime: fields.lenient(String.self, .startTime).flatMap(Timestamp.init(rfc3339:)),
            endTime: fields.lenient(String.self, .endTime).flatMap(Timestamp.init(rfc3339:)),
            error: fields.lenient(WireFailure.self, .error)?.error)
    }
}
