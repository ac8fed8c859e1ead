/// An element of a collection that is `nil` where it has the wrong type, so that one bad element does not spoil the rest.
struct Lenient<Value: Decodable>: Decodable {
    var value: Value?

    init(from decoder: any Decoder) throws {
        value = try? Value(from: decoder)
    }
}

extension Lenient: Sendable where Value: Sendable {}

extension KeyedDecodingContainer {
    /// The value at `key`; `nil` if it is absent, null or of the wrong type.
    func lenient<Value: Decodable>(_ type: Value.Type, _ key: Key) -> Value? {
        try? decode(type, forKey: key)
    }
}
