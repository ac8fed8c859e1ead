import Crypto

/// Digest of a certificate's DER bytes, as vCenter and `govc` show it: upper-case hex pairs separated by colons.
package struct Thumbprint: Hashable, Sendable, CustomStringConvertible {
    /// How the digest is computed.
    package enum Algorithm: String, Hashable, Sendable {
        case sha256 = "SHA-256"
        /// Supported because vCenter's older screens and govc's files show it. Its collisions do not weaken a pin.
        case sha1 = "SHA-1"
    }

    /// The algorithm; it follows from the length of a written thumbprint.
    package let algorithm: Algorithm
    private let bytes: [UInt8]

    /// The thumbprint of a certificate in DER.
    package init(_ algorithm: Algorithm, ofDER certificate: [UInt8]) {
        self.algorithm = algorithm
        bytes =
            switch algorithm {
            case .sha256: Array(SHA256.hash(data: certificate))
            case .sha1: Array(Insecure.SHA1.hash(data: certificate))
            }
    }

    /// 20 or 32 hex pairs, with or without colons between them, in either case; `nil` for anything else.
    package init?(_ text: String) {
        let pairs =
            text.contains(":") ? text.split(separator: ":", omittingEmptySubsequences: false) : Self.pairs(of: text)
        let bytes = pairs.compactMap { $0.count == 2 && $0.allSatisfy(\.isHexDigit) ? UInt8($0, radix: 16) : nil }
        guard bytes.count == pairs.count else { return nil }
        switch bytes.count {
        case SHA256.byteCount: algorithm = .sha256
        case Insecure.SHA1.byteCount: algorithm = .sha1
        default: return nil
        }
        self.bytes = bytes
    }

    private static func pairs(of text: String) -> [Substring] {
        var rest = text[...]
        var pairs: [Substring] = []
        // One more than the longest digest has, so that a longer text is recognised without being read to its end.
        while !rest.isEmpty, pairs.count <= SHA256.byteCount {
            pairs.append(rest.prefix(2))
            rest = rest.dropFirst(2)
        }
        return pairs
    }

    package var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined(separator: ":")
    }
}
