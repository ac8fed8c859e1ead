import GuestCustomization

extension CustomizationInfo {
    /// The 200 answer of both customization endpoints. Only `status` is required; what has the wrong type is read as missing,
    /// for the raw JSON is kept beside it. `nil` if it is none.
    init?(wire: JSONValue) {
        guard let status = wire["status"]?.string else { return nil }
        self.init(
            status: CustomizationStatus(rawValue: status),
            startTime: wire["start_time"]?.string.flatMap(Timestamp.init(rfc3339:)),
            endTime: wire["end_time"]?.string.flatMap(Timestamp.init(rfc3339:)),
            error: wire["error"].flatMap(CustomizationError.init(wire:)))
    }
}
