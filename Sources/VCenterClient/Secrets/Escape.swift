/// One escape of JSON, a URL or HTML: the character it stands for, and its length.
struct Escape {
    private(set) var bytes: [UInt8]
    private(set) var length: Int

    /// `nil` if there is no escape at `index`.
    init?(in text: [UInt8], at index: Int) {
        switch text[index] {
        case UInt8(ascii: "\\"): self.init(ofJSON: text, index)
        case UInt8(ascii: "%"): self.init(ofURL: text, index)
        case UInt8(ascii: "&"): self.init(ofHTML: text, index)
        default: return nil
        }
    }

    private init(_ bytes: [UInt8], length: Int) {
        self.bytes = bytes
        self.length = length
    }

    private init(scalar value: UInt32, length: Int) {
        self.init(Array(String(Character(Unicode.Scalar(value) ?? "\u{FFFD}")).utf8), length: length)
    }

    private init?(ofJSON text: [UInt8], _ index: Int) {
        guard index + 1 < text.count else { return nil }
        switch text[index + 1] {
        case UInt8(ascii: "u"):
            guard let unit = Self.number(text, at: index + 2, digits: 4) else { return nil }
            if (0xD800..<0xDC00).contains(unit), index + 7 < text.count, text[index + 6] == UInt8(ascii: "\\"),
                text[index + 7] == UInt8(ascii: "u"), let low = Self.number(text, at: index + 8, digits: 4),
                (0xDC00..<0xE000).contains(low)
            {
                self.init(scalar: 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00), length: 12)
            } else {
                self.init(scalar: unit, length: 6)
            }
        case UInt8(ascii: "x"):
            guard let byte = Self.number(text, at: index + 2, digits: 2) else { return nil }
            self.init([UInt8(byte)], length: 4)
        case UInt8(ascii: "n"): self.init([0x0A], length: 2)
        case UInt8(ascii: "r"): self.init([0x0D], length: 2)
        case UInt8(ascii: "t"): self.init([0x09], length: 2)
        case UInt8(ascii: "b"): self.init([0x08], length: 2)
        case UInt8(ascii: "f"): self.init([0x0C], length: 2)
        case let byte: self.init([byte], length: 2)
        }
    }

    private init?(ofURL text: [UInt8], _ index: Int) {
        guard let byte = Self.number(text, at: index + 1, digits: 2) else { return nil }
        self.init([UInt8(byte)], length: 3)
    }

    /// HTML names of the characters that a password may contain; letters and digits have none.
    private static let names: [String: UInt8] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "sol": "/", "bsol": "\\", "percnt": "%",
        "num": "#",
        "excl": "!", "dollar": "$", "commat": "@", "colon": ":", "semi": ";", "equals": "=", "plus": "+", "quest": "?",
        "lpar": "(", "rpar": ")", "ast": "*", "comma": ",", "period": ".", "lowbar": "_", "Hat": "^", "grave": "`",
        "lbrack": "[", "rbrack": "]", "lbrace": "{", "rbrace": "}", "vert": "|",
    ].mapValues { (sign: Unicode.Scalar) in UInt8(ascii: sign) }

    private init?(ofHTML text: [UInt8], _ index: Int) {
        let rest = text[(index + 1)...].prefix(12)
        guard rest.first == UInt8(ascii: "#") else {
            guard let end = rest.firstIndex(where: { $0 < UInt8(ascii: "A") }), text[end] == UInt8(ascii: ";"),
                let byte = Self.names[String(decoding: rest[..<end], as: UTF8.self)]
            else { return nil }
            self.init([byte], length: end + 1 - index)
            return
        }
        var digits = rest.dropFirst()
        let isHex = digits.first.map { $0 | 0x20 } == UInt8(ascii: "x")
        if isHex { digits = digits.dropFirst() }
        let number = digits.prefix { isHex ? $0.hexValue != nil : (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard let value = UInt32(String(decoding: number, as: UTF8.self), radix: isHex ? 16 : 10) else { return nil }
        let isEnded = number.endIndex < text.count && text[number.endIndex] == UInt8(ascii: ";")
        self.init(scalar: value, length: number.endIndex - index + (isEnded ? 1 : 0))
    }

    private static func number(_ text: [UInt8], at start: Int, digits: Int) -> UInt32? {
        guard start + digits <= text.count else { return nil }
        var value: UInt32 = 0
        for byte in text[start..<start + digits] {
            guard let digit = byte.hexValue else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}

extension UInt8 {
    /// Its value as a hexadecimal digit, in either case.
    fileprivate var hexValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
