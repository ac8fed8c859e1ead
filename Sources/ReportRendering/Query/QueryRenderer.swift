import GuestCustomization

/// Writes the result of a query piece by piece, so that it need not fit into memory. What comes out of a history may be hostile.
package protocol QueryRenderer {
    /// What comes before the rows.
    mutating func head(_ columns: [String]) -> String
    /// One row; may be empty, and come later.
    mutating func row(_ values: [QueryValue]) -> String
    /// What comes after the rows.
    mutating func end() -> String
}

extension Double {
    /// In the notation of `infinite` if it is not finite; an integral one has a decimal point, so that it remains a REAL.
    func notation(infinite: String) -> String {
        isFinite ? description : (self < 0 ? "-" : "") + infinite
    }
}

extension [UInt8] {
    /// In hexadecimal digits, in lower case.
    func hexadecimal(upTo limit: Int = .max) -> String {
        let digits = Array<UInt8>("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(2 * Swift.min(count, limit))
        for byte in prefix(limit) { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }

    /// In SQL's notation; the end of a longer one is left out.
    func literal(upTo limit: Int) -> String {
        "x'" + hexadecimal(upTo: limit) + (count > limit ? "…'" : "'")
    }
}
