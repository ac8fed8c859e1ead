import GuestCustomization
import NIOSSL

/// How a vCenter's certificate is trusted.
package struct CertificateTrust: Hashable, Sendable {
    /// What a certificate is compared with.
    package enum Verification: Hashable, Sendable {
        case none
        /// Against these authorities' certificates in DER, or the system's authorities if `nil`; then against the pins.
        case full(authorities: [[UInt8]]?, knownHosts: KnownHosts, pin: KnownHosts.Pin?)
    }

    /// What a certificate is compared with.
    package let verification: Verification

    /// What is trusted, in words: `the system's authorities`, `any server (insecure): …`.
    package let summary: String

    /// The system's authorities.
    package static let system = CertificateTrust(
        verification: .full(authorities: nil, knownHosts: KnownHosts(), pin: nil), summary: "the system's authorities")

    /// Nothing is verified: any server at the address gets the password. Each run must warn about it.
    package static let insecure = CertificateTrust(
        verification: .none, summary: "any server (insecure): no certificate is verified")

    /// Whether nothing is verified.
    package var isInsecure: Bool { verification == .none }

    private init(verification: Verification, summary: String) {
        self.verification = verification
        self.summary = summary
    }

    /// Trust from files.
    ///
    /// - Parameters:
    ///   - authorityFiles: PEM files of certificate authorities that replace the system's, as `SetRootCAs` in govmomi does; empty for the system's.
    ///   - authoritySetting: The setting that named those files, for errors: `--ca-certificates`, `FILE:LINE`.
    ///   - knownHostsFiles: Files of pinned certificates in govc's format; consulted only after ordinary verification has failed.
    ///   - thumbprint: The pinned certificate of this vCenter; overrides the known-hosts files.
    ///   - thumbprintSetting: Where it was set, for errors.
    /// - Throws: ``HistoryError`` for a file that cannot be read or contains no certificate.
    package init(
        authorityFiles: [String] = [], authoritySetting: String = "ca_certificates", knownHostsFiles: [String] = [],
        thumbprint: Thumbprint? = nil, thumbprintSetting: String = "thumbprint"
    ) throws(HistoryError) {
        var authorities: [[UInt8]] = []
        for path in authorityFiles {
            authorities += try Self.certificates(inPEMFile: path, setting: authoritySetting)
        }
        let given =
            authorityFiles.isEmpty
            ? "the system's authorities" : "the authorities in \(authorityFiles.joined(separator: ", "))"
        let pins = (thumbprint.map { ["the thumbprint \($0)"] } ?? []) + knownHostsFiles.map { "known hosts in \($0)" }
        summary = ([given] + pins).joined(separator: ", or ")
        verification = .full(
            authorities: authorityFiles.isEmpty ? nil : authorities,
            knownHosts: try KnownHosts(files: knownHostsFiles),
            pin: thumbprint.map { KnownHosts.Pin(thumbprint: $0, origin: thumbprintSetting) })
    }

    /// Bytes. A bundle of every public authority has about a quarter of a mebibyte.
    private static let maximumAuthorityFileSize = 4 * 1024 * 1024

    /// The certificates of a file, in DER. Only a parser of certificates can tell whether it contains any.
    private static func certificates(
        inPEMFile path: String, setting: String
    ) throws(HistoryError) -> [[UInt8]] {
        let bytes: [UInt8]
        do throws(BoundedFile.Fault) {
            bytes = try BoundedFile(path: path, limit: maximumAuthorityFileSize).bytes
        } catch {
            throw error.error(about: "\(setting) names \(path)", advice: "name a PEM file")
        }
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes).map({ try $0.toDERBytes() }),
            !certificates.isEmpty
        else {
            throw HistoryError(
                .configuration,
                "\(setting) names \(path), which contains no PEM certificate\(ServiceCredential.hint(onFile: path, holding: bytes))",
                advice:
                    "name a file with -----BEGIN CERTIFICATE----- in it, such as certs/lin/*.0 of the vCenter's /certs/download.zip"
            )
        }
        return certificates
    }
}
