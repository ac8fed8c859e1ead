import Foundation
import GuestCustomization
import ReportRendering
import Testing

@Suite struct ReportSchemaTests {
    @Test func `every report conforms to the schema`() throws {
        for report in [eventfulWeek, hostileReport, report([])] {
            let faults = try SchemaCheck().faults(of: JSONRenderer().render(report))
            #expect(faults.isEmpty)
        }
    }

    @Test(arguments: [
        (#""failed": 6"#, #""failed": -1"#), (#""is_listed": true"#, #""is_listed": 1"#),
        (#""failure_rate": null"#, #""failure_rate": "0""#),
        (#""format": "customization-history/report/1""#, #""format": "2""#),
        (#""generated_at": "2026"#, #""generated_at": "26"#),
        (#""by_day": ["#, #""by_days": ["#), (#""verdict": ""#, #""verdict": "x"#),
    ])
    func `the check finds faults`(original: String, broken: String) throws {
        let text = JSONRenderer().render(hostileReport)
        try #require(text.contains(original))
        #expect(try !SchemaCheck().faults(of: text.replacing(original, with: broken)).isEmpty)
    }
}

/// The part of JSON Schema that ours uses. A key that the schema does not list is an error too, so that the schema stays complete.
struct SchemaCheck {
    private let root: [String: Any]

    init(_ schema: String = ReportSchema.text) throws {
        root = try #require(JSONSerialization.jsonObject(with: Data(schema.utf8)) as? [String: Any])
    }

    func faults(of text: String) throws -> [String] {
        faults(try JSONSerialization.jsonObject(with: Data(text.utf8)), root, "")
    }

    private static let known: Set = [
        "$schema", "$defs", "$ref", "title", "description", "type", "properties", "required", "additionalProperties",
        "items",
        "anyOf", "const", "enum", "minimum", "maximum", "pattern",
    ]

    private func faults(_ value: Any, _ schema: [String: Any], _ path: String) -> [String] {
        var faults = Set(schema.keys).subtracting(Self.known).map { "\(path): the check knows no \($0)" }
        if let reference = schema["$ref"] as? String {
            let name = reference.replacing("#/$defs/", with: "")
            guard let target = (root["$defs"] as? [String: Any])?[name] as? [String: Any] else {
                return ["\(path): no \(reference)"]
            }
            faults += self.faults(value, target, path)
        }
        if let choices = schema["anyOf"] as? [[String: Any]],
            let closest = choices.map({ self.faults(value, $0, path) }).min(by: { $0.count < $1.count })
        {
            faults += closest
        }
        if let constant = schema["const"] as? String, value as? String != constant {
            faults.append("\(path): not \(constant)")
        }
        if let words = schema["enum"] as? [String], !words.contains(value as? String ?? "") {
            faults.append("\(path): not of \(words)")
        }
        let types = (schema["type"] as? [String]) ?? (schema["type"] as? String).map { [$0] }
        if let types, !types.contains(where: { Self.is(value, $0) }) { return faults + ["\(path): no \(types)"] }
        if let number = value as? NSNumber {
            if let minimum = schema["minimum"] as? NSNumber, number.doubleValue < minimum.doubleValue {
                faults.append("\(path): too small")
            }
            if let maximum = schema["maximum"] as? NSNumber, number.doubleValue > maximum.doubleValue {
                faults.append("\(path): too large")
            }
        }
        if let pattern = schema["pattern"] as? String, let text = value as? String,
            text.range(of: pattern, options: .regularExpression) == nil
        {
            faults.append("\(path): \(text) is not like \(pattern)")
        }
        if let items = schema["items"] as? [String: Any], let elements = value as? [Any] {
            faults += elements.enumerated().flatMap { self.faults($1, items, "\(path)/\($0)") }
        }
        if let properties = schema["properties"] as? [String: Any], let object = value as? [String: Any] {
            for name in schema["required"] as? [String] ?? [] where object[name] == nil {
                faults.append("\(path): no \(name)")
            }
            for (name, member) in object {
                if let property = properties[name] as? [String: Any] {
                    faults += self.faults(member, property, "\(path)/\(name)")
                } else {
                    faults.append("\(path)/\(name) is not in the schema")
                }
            }
        }
        return faults
    }

    private static func `is`(_ value: Any, _ type: String) -> Bool {
        switch type {
        case "null": value is NSNull
        case "string": value is String
        case "object": value is [String: Any]
        case "array": value is [Any]
        case "boolean": (value as? NSNumber).map { ["B", "c"].contains(String(cString: $0.objCType)) } ?? false
        case "number": value is NSNumber
        case "integer": (value as? NSNumber).map { $0.doubleValue == $0.doubleValue.rounded() } ?? false
        default: false
        }
    }
}
