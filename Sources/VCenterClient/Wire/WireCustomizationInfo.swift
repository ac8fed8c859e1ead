import GuestCustomization

extension CustomizationInfo {
    /// The 200 answer of both customization endpoints. Only `status` is required; a property of the wrong type counts as missing,
    /// because the raw JSON is stored as well. `nil` if it is not such an answer.
    init?(wire: JSONValue) {
        guard let status = wire["status"]?.string else { return nil }
        self.init(
            status: CustomizationStatus(rawValue: status),
            startTime: wire["start_time"]?.string.flatMap(Timestamp.init(rfc3339:)),
            endTime: wire["end_time"]?.string.flatMap(Timestamp.init(rfc3339:)),
            error: wire["error"].flatMap(CustomizationError.init(wire:)))
    }
}
