/// The text of an HTML page, found in one linear scan: nothing is parsed, and each byte is read at most a few times.
enum PageText {
    /// Enough to recognise a proxy's page.
    private static let limit = 4096

    /// The first 200 characters of a page on one line, without tags, styles, scripts and runs of blanks.
    static func text(of page: [UInt8]) -> String {
        let page = Array(String(decoding: page.prefix(limit), as: UTF8.self).utf8)
        var text: [UInt8] = []
        var index = 0
        // A closing tag that was not found once is not found later either.
        var missing: Set<[UInt8]> = []
        func end(of wanted: [UInt8], from start: Int) -> Int? {
            if missing.contains(wanted) { return nil }
            if let found = find(wanted, in: page, from: start) { return found + wanted.count }
            missing.insert(wanted)
            return nil
        }
        while index < page.count {
            guard page[index] == UInt8(ascii: "<") else {
                text.append(page[index])
                index += 1
                continue
            }
            let hidden = hiddenElements.first { isTag($0, page, at: index + 1) }
            let close = hidden.map { Array("</".utf8) + $0 + Array(">".utf8) }
            if let end = close.flatMap({ end(of: $0, from: index) }) ?? end(of: Array(">".utf8), from: index) {
                text.append(UInt8(ascii: " "))
                index = end
            } else {
                text.append(page[index])
                index += 1
            }
        }
        let words = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        return String(words.joined(separator: " ").prefix(200))
    }

    private static let hiddenElements = [Array("style".utf8), Array("script".utf8)]

    private static func isTag(_ name: [UInt8], _ page: [UInt8], at start: Int) -> Bool {
        let end = start + name.count
        guard end <= page.count, find(name, in: page, from: start, upTo: start) != nil else { return false }
        guard end < page.count else { return true }
        let isWordGoingOn =
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(page[end] | 0x20)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(page[end])
        return !isWordGoingOn
    }

    /// The position of `wanted`, given in lower case and matched in either case, up to `last`.
    private static func find(_ wanted: [UInt8], in page: [UInt8], from start: Int, upTo last: Int = .max) -> Int? {
        let last = min(last, page.count - wanted.count)
        guard start <= last else { return nil }
        return (start...last).first { start in
            wanted.indices.allSatisfy { index in
                let byte = page[start + index]
                return ((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte) == wanted[index]
            }
        }
    }
}
