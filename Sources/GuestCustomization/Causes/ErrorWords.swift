/// An error's text or identifier split into whole words, for `CausePhrase` and for identifiers within it.
///
/// Spaces, path separators, quotes, brackets and most punctuation separate words, so that `toolsDeployPkg.log`, `10.1.126.5` and
/// `Communication` are one word each. Only the first 2,000 bytes are read, since the text may be hostile.
struct ErrorWords {
    /// Lower case, without punctuation around it; an empty one ends a sentence.
    private(set) var words: [String] = []
    /// For each word, its parts if it is an identifier: `NicSettingMismatch` is `nic`, `setting`, `mismatch`.
    private(set) var parts: [[String]] = []

    private static let limit = 2000
    /// vCenter's longest identifiers have about ten.
    private static let maximumParts = 64

    /// The part of a text that is read, and as much again for what may be left out of it.
    static func beginning(of text: String) -> String {
        String(decoding: text.utf8.prefix(2 * limit), as: UTF8.self)
    }

    init(_ text: String) {
        var word = ""
        for scalar in String(decoding: text.utf8.prefix(Self.limit), as: UTF8.self).unicodeScalars {
            // Comparing a word that carries many combining marks takes time quadratic in their number.
            if scalar.value >= 0x300, scalar.properties.generalCategory == .nonspacingMark { continue }
            if Self.separates(scalar) {
                append(word)
                word = ""
                if scalar == ";" || scalar == "!" || scalar == "?" { endSentence() }
            } else {
                word.unicodeScalars.append(scalar)
            }
        }
        append(word)
    }

    /// Whether an identifier that was split the same way occurs here as whole words, in whatever spelling:
    /// `nic_setting_mismatch` is found in `vim.fault.NicSettingMismatch`; nothing is found in `Communication`.
    func holds(identifier: String) -> Bool {
        let sought = Self.parts(of: identifier).joined()
        return !sought.isEmpty
            && parts.contains { parts in
                parts.indices.contains { start in
                    var rest = sought[...]
                    for part in parts[start...] {
                        guard rest.hasPrefix(part) else { return false }
                        rest = rest.dropFirst(part.count)
                        if rest.isEmpty { return true }
                    }
                    return false
                }
            }
    }

    private mutating func append(_ raw: String) {
        let isEnd = raw.last == "."
        if let first = raw.firstIndex(where: \.isWordCharacter), let last = raw.lastIndex(where: \.isWordCharacter) {
            let word = raw[first...last]
            words.append(word.lowercased())
            parts.append(Self.parts(of: String(word)))
        }
        if isEnd { endSentence() }
    }

    private mutating func endSentence() {
        guard let last = words.last, !last.isEmpty else { return }
        words.append("")
        parts.append([])
    }

    private static func separates(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "/", "\\", "'", "\"", "`", "(", ")", "[", "]", "{", "}", "<", ">", ",", ";", ":", "=", "|", "!", "?": true
        // A typographic apostrophe is at worst taken for a quote.
        case "‘", "’", "“", "”", "„", "«", "»": true
        default: scalar.properties.isWhitespace
        }
    }

    /// Splits an identifier at whatever is neither letter nor digit, and where a capital begins a word: `NICSettingMismatch` is
    /// three words too. Returns at most ``maximumParts`` parts.
    static func parts(of identifier: String) -> [String] {
        var parts: [String] = []
        var part = ""
        let characters = Array(identifier)
        for (index, character) in characters.enumerated() where parts.count < maximumParts {
            guard character.isWordCharacter else {
                if !part.isEmpty { parts.append(part) }
                part = ""
                continue
            }
            let follows = index > 0 ? characters[index - 1] : " "
            let next = index + 1 < characters.count ? characters[index + 1] : " "
            if character.isUppercase, !part.isEmpty, follows.isLowercase || follows.isUppercase && next.isLowercase {
                parts.append(part)
                part = ""
            }
            part += character.lowercased()
        }
        return part.isEmpty ? parts : parts + [part]
    }
}

extension Character {
    fileprivate var isWordCharacter: Bool { isLetter || isNumber }
}
