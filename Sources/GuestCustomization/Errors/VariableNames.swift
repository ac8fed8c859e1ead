/// Names that a message may contain, such as a VM's; messages are compared without them.
struct VariableNames {
    /// The longest first; in lower case (ASCII), since guests write host names in either case.
    private let names: [[UInt8]]

    /// Bytes. vCenter's names have at most 80 characters; a longer text is no name, and would be compared at every word.
    private static let maximumSize = 80 * 4

    init(_ names: [String]) {
        self.names = names.filter { !$0.isEmpty && $0.utf8.count <= Self.maximumSize }.map { $0.utf8.map(\.lowercased) }
            .sorted { $0.count > $1.count }
    }

    /// The end of a name that begins at `position` and consists of whole words; `nil` if there is none.
    func end(at position: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        guard !names.isEmpty, position == 0 || !bytes[position - 1].isPartOfName else { return nil }
        let first = bytes[position].lowercased
        for name in names where name[0] == first && position + name.count <= bytes.count {
            let end = position + name.count
            guard end == bytes.count || !bytes[end].isPartOfName else { continue }
            if name.indices.allSatisfy({ bytes[position + $0].lowercased == name[$0] }) { return end }
        }
        return nil
    }
}

extension String {
    /// The text with `…` for each of some names.
    func withoutNames(_ names: [String]) -> String {
        let variable = VariableNames(names)
        var text = self
        return text.withUTF8 { bytes in
            var kept: [UInt8] = []
            var position = 0
            while position < bytes.count {
                if let end = variable.end(at: position, in: bytes) {
                    kept += Array("…".utf8)
                    position = end
                } else {
                    kept.append(bytes[position])
                    position += 1
                }
            }
            return String(decoding: kept, as: UTF8.self)
        }
    }
}

extension UInt8 {
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    var isCapital: Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) }
    var isSmallLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
    var isLetter: Bool { self >= 0x80 || (self | 0x20).isSmallLetter }
    var isPartOfName: Bool { isLetter || isDigit || self == UInt8(ascii: "-") || self == UInt8(ascii: "_") }
    var lowercased: UInt8 { isCapital ? self | 0x20 : self }
}
