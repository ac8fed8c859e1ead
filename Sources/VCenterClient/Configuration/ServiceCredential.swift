import Foundation

/// A file that systemd hands to a service, in a folder of the service's own that `CREDENTIALS_DIRECTORY` names.
///
/// Where the file that the unit's `LoadCredential=` names is missing, its `SetCredential=` makes an empty one, so that this program
/// can say what is missing. Source: systemd.exec(5).
enum ServiceCredential {
    /// What it means, for an error, that a file holds nothing; no text where it is no such credential, or holds something.
    static func hint(
        onFile path: String, holding bytes: [UInt8],
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> String {
        guard let folder = environment["CREDENTIALS_DIRECTORY"], !folder.isEmpty, path.hasPrefix(folder + "/"),
            bytes.allSatisfy({ $0 == UInt8(ascii: "\n") })
        else { return "" }
        let name = path.dropFirst(folder.count + 1)
        return
            " (systemd found no file to load it from: make the one that the service's line LoadCredential=\(name): names,"
            + " by default /etc/customization-history/\(name))"
    }
}
