import Crypto
import Foundation

/// An Ed25519 key that signs checkpoints, as PEM: PKCS #8 for the private key, SubjectPublicKeyInfo for the public one (RFC 8410).
package struct NoteKey: Sendable {
    private let key: Curve25519.Signing.PrivateKey

    /// What precedes the 32 bytes of a key in the DER of these two structures.
    private static let privatePrefix: [UInt8] = [
        0x30, 0x2E, 2, 1, 0, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70, 4, 0x22, 4, 0x20,
    ]
    private static let publicPrefix: [UInt8] = [0x30, 0x2A, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70, 3, 0x21, 0]

    /// A new key.
    package init() { key = Curve25519.Signing.PrivateKey() }

    /// The key of a PEM file, such as `openssl genpkey -algorithm ed25519` writes; `nil` if it has none.
    package init?(pem: String) {
        guard let bytes = PEM.bytes(of: pem, "PRIVATE KEY", after: Self.privatePrefix),
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes)
        else { return nil }
        self.key = key
    }

    /// The private key as PEM, to be kept secret.
    package var privatePEM: String { PEM.text("PRIVATE KEY", Self.privatePrefix + key.rawRepresentation) }
    /// The public key as PEM.
    package var publicPEM: String { PEM.text("PUBLIC KEY", Self.publicPrefix + key.publicKey.rawRepresentation) }

    /// A checkpoint with its signature, as a C2SP signed note; the key's name is the checkpoint's origin.
    ///
    /// - Throws: If the system has no random numbers.
    package func signed(_ checkpoint: Checkpoint) throws -> String {
        let signature = try key.signature(for: Data(checkpoint.text.utf8))
        let id = Verifier(publicKey: key.publicKey).id(named: checkpoint.origin)
        return "\(checkpoint.text)\n\(Verifier.mark)\(checkpoint.origin) \((id + signature).base64EncodedString())\n"
    }

    /// A public key that checks signed checkpoints.
    package struct Verifier: Sendable {
        /// Begins a line with a signature. Source: https://c2sp.org/signed-note
        fileprivate static let mark = "— "
        fileprivate let publicKey: Curve25519.Signing.PublicKey

        fileprivate init(publicKey: Curve25519.Signing.PublicKey) { self.publicKey = publicKey }

        /// The key of a PEM file, such as `openssl pkey -pubout` writes; `nil` if it has none.
        package init?(pem: String) {
            guard let bytes = PEM.bytes(of: pem, "PUBLIC KEY", after: NoteKey.publicPrefix),
                let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)
            else { return nil }
            publicKey = key
        }

        /// The first four bytes of the hash that identifies a key and its name in signatures.
        fileprivate func id(named name: String) -> Data {
            var hash = SHA256()
            hash.update(data: Data(name.utf8) + [0x0A, 0x01])
            hash.update(data: publicKey.rawRepresentation)
            return Data(hash.finalize().prefix(4))
        }

        /// Whether a note has a valid signature by this key for the checkpoint at its beginning.
        package func hasSigned(_ note: String, _ checkpoint: Checkpoint) -> Bool {
            guard note.hasPrefix(checkpoint.text + "\n") else { return false }
            return note.split(separator: "\n").contains { line in
                guard line.hasPrefix(Self.mark + checkpoint.origin + " "),
                    let bytes = Data(
                        base64Encoded: String(line.dropFirst(Self.mark.count + checkpoint.origin.count + 1))),
                    bytes.prefix(4) == id(named: checkpoint.origin)
                else { return false }
                return publicKey.isValidSignature(bytes.dropFirst(4), for: Data(checkpoint.text.utf8))
            }
        }
    }
}

/// Keys of 32 bytes as PEM. Ed25519 has no such form in swift-crypto.
private enum PEM {
    static func text(_ label: String, _ der: [UInt8]) -> String {
        "-----BEGIN \(label)-----\n\(Data(der).base64EncodedString())\n-----END \(label)-----\n"
    }

    static func bytes(of pem: String, _ label: String, after prefix: [UInt8]) -> Data? {
        guard let begin = pem.range(of: "-----BEGIN \(label)-----"),
            let end = pem.range(of: "-----END \(label)-----"), begin.upperBound <= end.lowerBound,
            let der = Data(base64Encoded: pem[begin.upperBound..<end.lowerBound].filter { !$0.isWhitespace }),
            der.starts(with: prefix), der.count == prefix.count + 32
        else { return nil }
        return der.dropFirst(prefix.count)
    }
}
