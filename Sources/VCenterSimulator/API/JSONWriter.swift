import Foundation
import GuestCustomization

/// Writes JSON into bytes. Unlike a `Codable` encoder, it can write null as well as absent members, and doubles as `7.5E-1`.
struct JSONWriter {
    /// How an optional property without a value is sent; real servers do both.
    enum Absence: Sendable {
        case omitted
        case null
    }

    private(set) var bytes: [UInt8] = []

    /// Appends JSON that is already written.
    mutating func raw(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    mutating func raw(_ json: [UInt8]) {
        bytes.append(contentsOf: json)
    }

    mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                raw("\\u00" + (digits.count == 1 ? "0" : "") + digits)
            default:
                bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func array<Element>(_ elements: some Collection<Element>, _ write: (inout JSONWriter, Element) -> Void) {
        raw("[")
        for (index, element) in elements.enumerated() {
            if index > 0 { raw(",") }
            write(&self, element)
        }
        raw("]")
    }

    /// The shortest scientific form that reads back as the same number. JSON has no infinities, so those become null.
    mutating func double(_ value: Double) {
        guard value.isFinite else { return raw("null") }
        for digits in 1...17 {
            let text = String(format: "%.\(digits)E", value)
            if Double(text) == value { return raw(text) }
        }
    }
}

// MARK: - The values of both customization endpoints

extension JSONWriter {
    /// The body of an answer about a VM's last customization.
    mutating func customization(_ info: CustomizationInfo, absence: Absence) {
        raw(#"{"status":"#)
        string(info.status.rawValue)
        optional("start_time", info.startTime, absence) { $0.string($1.rfc3339) }
        optional("end_time", info.endTime, absence) { $0.string($1.rfc3339) }
        optional("error", info.error, absence) { writer, error in
            switch error {
            case .message(let message): writer.message(message)
            case .text(let text): writer.string(text)
            }
        }
        raw("}")
    }

    mutating func message(_ message: LocalizableMessage) {
        raw(#"{"id":"#)
        string(message.id)
        raw(#","default_message":"#)
        string(message.defaultMessage)
        raw(#","args":"#)
        array(message.args) { $0.string($1) }
        optional("params", message.params, .omitted) { $0.params($1) }
        optional("localized", message.localized, .omitted) { $0.string($1) }
        raw("}")
    }

    private mutating func optional<Value>(
        _ name: String, _ value: Value?, _ absence: Absence, _ write: (inout JSONWriter, Value) -> Void
    ) {
        if let value {
            raw(",\"\(name)\":")
            write(&self, value)
        } else if absence == .null {
            raw(",\"\(name)\":null")
        }
    }

    private mutating func params(_ params: [String: LocalizationParam]) {
        raw("{")
        for (index, (name, param)) in params.sorted(by: { $0.key < $1.key }).enumerated() {
            if index > 0 { raw(",") }
            string(name)
            raw(":{")
            value(param.value)
            optional("format", param.format, .omitted) { $0.string($1) }
            optional("precision", param.precision, .omitted) { $0.raw(String($1)) }
            raw("}")
        }
        raw("}")
    }

    private mutating func value(_ value: LocalizationParam.Value) {
        switch value {
        case .string(let text):
            raw(#""s":"#)
            string(text)
        case .dateTime(let text):
            raw(#""dt":"#)
            string(text)
        case .integer(let integer):
            raw(#""i":"# + String(integer))
        case .double(let number):
            raw(#""d":"#)
            double(number)
        case .message(let nested):
            raw(#""l":{"id":"#)
            string(nested.id)
            optional("params", nested.params, .omitted) { $0.params($1) }
            raw("}")
        }
    }
}
