import Foundation
import GuestCustomization

/// What a client sends to a method of the vim25 API: JSON, or the children of SOAP's element.
indirect enum VIArgument: Decodable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case list([VIArgument])
    case object([String: VIArgument])
    /// An XML element without children: only its use tells its type.
    case text(String)

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let flag = try? value.decode(Bool.self) {
            self = .boolean(flag)
        } else if let integer = try? value.decode(Int.self) {
            self = .integer(integer)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let string = try? value.decode(String.self) {
            self = .string(string)
        } else if let list = try? value.decode([VIArgument].self) {
            self = .list(list)
        } else {
            self = .object(try value.decode([String: VIArgument].self))
        }
    }

    /// `nil` if the member is not there.
    subscript(_ name: String) -> VIArgument? {
        guard case .object(let members) = self, let member = members[name] else { return nil }
        if case .null = member { return nil }
        return member
    }

    /// The member as text; throws InvalidArgument if it is something else.
    func string(_ name: String) throws(VIFault) -> String? {
        switch self[name] {
        case nil: return nil
        case .string(let text), .text(let text): return text
        default: throw .invalidArgument(name)
        }
    }

    /// The member as a 32-bit integer; throws InvalidArgument if it is something else.
    func integer(_ name: String) throws(VIFault) -> Int? {
        switch self[name] {
        case nil: return nil
        case .integer(let number) where Int32(exactly: number) != nil: return number
        case .text(let text): if let number = Int32(text) { return Int(number) }
        default: break
        }
        throw .invalidArgument(name)
    }

    /// The member as a truth value; throws InvalidArgument if it is something else.
    func boolean(_ name: String) throws(VIFault) -> Bool? {
        switch self[name] {
        case nil: return nil
        case .boolean(let flag): return flag
        case .text("true"), .text("1"): return true
        case .text("false"), .text("0"): return false
        default: throw .invalidArgument(name)
        }
    }

    /// The member as an instant; throws InvalidArgument if it is something else.
    func date(_ name: String) throws(VIFault) -> Timestamp? {
        guard let text = try string(name) else { return nil }
        guard let instant = Timestamp(rfc3339: text) else { throw .invalidArgument(name) }
        return instant
    }

    /// The members of a list, none if it is not there; throws InvalidArgument if it is something else.
    func list(_ name: String) throws(VIFault) -> [VIArgument] {
        switch self[name] {
        case nil: return []
        case .list(let values): return values
        // In XML, a list is its elements, so a list of one looks like a member.
        case .text(let text): return [.text(text)]
        default: throw .invalidArgument(name)
        }
    }

    /// The members of a list of words.
    func strings(_ name: String) throws(VIFault) -> [String] {
        try list(name).map { (value) throws(VIFault) -> String in
            switch value {
            case .string(let text), .text(let text): return text
            default: throw .invalidArgument(name)
            }
        }
    }

    /// The member as a managed object; throws InvalidArgument if it is something else.
    func reference(_ name: String) throws(VIFault) -> VIReference? {
        guard let member = self[name] else { return nil }
        guard try member.string("_typeName") == "ManagedObjectReference", let type = try member.string("type"),
            let id = try member.string("value")
        else { throw .invalidArgument(name) }
        return VIReference(type: type, id: id)
    }
}
