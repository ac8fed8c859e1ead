import Foundation

/// A file that systemd passes to a service, in the service's own folder named by `CREDENTIALS_DIRECTORY`.
///
/// If the file named by the unit's `LoadCredential=` is missing, its `SetCredential=` makes an empty one, so that this program
/// can say what is missing. Source: systemd.exec(5).
enum ServiceCredential {
    /// An explanation of an empty file, for an error; an empty string if the file is not such a credential or has content.
    static func hint(
        onFile path: String, holding bytes: [UInt8],
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> String {
        guard let folder = environment["CREDENTIALS_DIRECTORY"], !folder.isEmpty, path.hasPrefix(folder + "/"),
            bytes.allSatisfy({ $0 == UInt8(ascii: "\n") })
        else { return "" }
        let name = path.dropFirst(folder.count + 1)
        return
            " (systemd found no file to load it from: create the file that the service's LoadCredential=\(name): names,"
            + " by default /etc/customization-history/\(name))"
    }
}
