/// The beginnings of names that programs complete at random.
private let temporaryNames = ["vmware-imgcust-", "imcf-", "tmp.", "tmp-", "tmp_", "temp-", "temp.", "tmp"].map {
    Array($0.utf8)
}

/// Classifies a word of a message by its bytes.
extension Slice<UnsafeBufferPointer<UInt8>> {
    var isPath: Bool { contains(where: \.isPathSeparator) }

    var isURL: Bool {
        guard let colon = firstIndex(of: UInt8(ascii: ":")) else { return false }
        return self[colon...].starts(with: "://".utf8)
    }

    /// An HRESULT or a status of Windows NT.
    var isErrorCode: Bool { count == 10 && isHexNumber }

    /// `0x5`, `0x80073cf2`
    var isHexNumber: Bool {
        (3...18).contains(count) && first == UInt8(ascii: "0") && self[startIndex + 1].lowercased == UInt8(ascii: "x")
            && dropFirst(2).allSatisfy(\.isHexDigit)
    }

    var isNumber: Bool {
        let digits = first == UInt8(ascii: "-") ? dropFirst() : self
        return !digits.isEmpty && digits.allSatisfy(\.isDigit)
    }

    /// A MAC or IPv6 address without a digit.
    var isHardwareAddress: Bool {
        allSatisfy { $0.isHexDigit || $0 == UInt8(ascii: ":") } && count(where: { $0 == UInt8(ascii: ":") }) >= 2
    }

    /// `vc.example.org`, but neither `setuperr.log` nor an identifier such as `com.vmware.x`.
    var isHostName: Bool {
        guard count(where: { $0 == UInt8(ascii: ".") }) >= 2 else { return false }
        let labels = split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return !labels[0].elementsEqual("com".utf8)
            && labels.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isPartOfName) }
    }

    /// A name made by `mkdtemp`, `mktemp` or similar from a known template: `.vmware-imgcust-dZMKDmP`, `tmp.Xa3kQw`,
    /// `imcf-jKPbQw`. Sources: open-vm-tools (`linuxDeployment.c`), coreutils' mktemp, Python's tempfile.
    var isTemporaryName: Bool {
        let name = first == UInt8(ascii: ".") ? dropFirst() : self
        for template in temporaryNames where name.starts(with: template) {
            let random = name.dropFirst(template.count)
            return random.count >= 6 && random.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") }
        }
        return false
    }

    /// Six or more letters, after the last `-`, `.` or `_` if there is one, with capitals where no word has them.
    var isRandomName: Bool {
        let marks: Set<UInt8> = [UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_")]
        let random = self[(lastIndex { marks.contains($0) }.map { $0 + 1 } ?? startIndex)...]
        guard random.count >= 6, random.allSatisfy(\.isLetter) else { return false }
        let capitals = random.count(where: \.isCapital)
        return capitals > 1 && capitals < random.count || capitals == 1 && !(random.first?.isCapital ?? true)
    }

    /// A directory in which programs make directories with random names.
    var isTemporaryDirectory: Bool {
        ["tmp", "temp", "run", "shm"].contains(String(decoding: self, as: UTF8.self).lowercased())
    }
}

extension UnsafeBufferPointer<UInt8> {
    func has(_ part: [UInt8], at position: Int) -> Bool {
        position + part.count <= count && self[position] == part[0]
            && part.indices.allSatisfy { self[position + $0] == part[$0] }
    }
}

extension UInt8 {
    var isHexDigit: Bool { isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(lowercased) }
    var isPathSeparator: Bool { self == UInt8(ascii: "/") || self == UInt8(ascii: "\\") }
    var isSeparator: Bool {
        switch Unicode.Scalar(self) {
        case ",", ";", "=", "(", ")", "[", "]", "{", "}", "<", ">", "|": true
        default: false
        }
    }
    var isPunctuation: Bool {
        switch Unicode.Scalar(self) {
        case ".", ":", "!", "?", "'", "\"": true
        default: false
        }
    }
    /// Whether it may begin a quotation.
    var maybeQuotes: Bool {
        switch self {
        case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"), 0xC2, 0xE2, 0xE3: true
        default: false
        }
    }
}
