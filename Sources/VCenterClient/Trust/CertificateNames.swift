import HistoryConfiguration
import NIOSSL

/// The hosts that a certificate is issued to, compared by the rules that govc takes from Go (`VerifyHostname` in `crypto/x509`): subject
/// alternative names only, never the common name; `*` only as the whole first label; an address by its bytes, never as a name.
///
/// BoringSSL's wrapper falls back to the common name, rejects underscores, and behind a proxy would compare the proxy's address.
struct CertificateNames {
    private var names: [String] = []
    private var addresses: [[UInt8]] = []

    init(_ certificate: NIOSSLCertificate) {
        for name in certificate._subjectAlternativeNames() {
            let bytes = Array(name.contents)
            switch name.nameType {
            case .dnsName: names.append(String(decoding: bytes, as: UTF8.self).lowercased())
            case .ipAddress: addresses.append(bytes)
            default: break
            }
        }
    }

    func include(_ host: String) -> Bool {
        if let address = host.ipAddressBytes { return addresses.contains(address) }
        let host = host.lowercased()
        return names.contains {
            Self.isValid(host) && Self.isValid($0, isPattern: true) ? Self.matches($0, host) : $0 == host
        }
    }

    private static func matches(_ pattern: String, _ host: String) -> Bool {
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        let wanted = pattern.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count == wanted.count else { return false }
        return zip(wanted, labels).enumerated().allSatisfy { index, pair in
            (index == 0 && pair.0 == "*") || pair.0 == pair.1
        }
    }

    /// Whether a text has the form of a host name: labels of letters, digits, `-` and `_`, separated by dots.
    private static func isValid(_ name: String, isPattern: Bool = false) -> Bool {
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        return labels.enumerated().allSatisfy { index, label in
            if isPattern, index == 0, label == "*", labels.count > 1 { return true }
            return !label.isEmpty
                && label.utf8.enumerated().allSatisfy { place, byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                        UInt8(ascii: "_"):
                        true
                    case UInt8(ascii: "-"): place > 0
                    default: false
                    }
                }
        }
    }
}
