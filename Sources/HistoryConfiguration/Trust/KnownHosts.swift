import Glibc
import GuestCustomization

/// Pinned certificates in govc's file format: lines of `host:port THUMBPRINT`.
///
/// As in `loadThumbprints` of govmomi's `vim25/soap`, a host without a port means 443, the last line about a host wins, lines without a space are
/// ignored, and a missing file pins nothing.
package struct KnownHosts: Hashable, Sendable {
    /// A pinned certificate, and where it is pinned, for errors.
    package struct Pin: Hashable, Sendable {
        /// Of the certificate.
        package var thumbprint: Thumbprint
        /// `FILE:LINE`, or the name of the setting.
        package var origin: String
    }

    private struct Line: Hashable {
        var thumbprint: String
        var origin: String
    }

    private var lines: [String: Line] = [:]

    private static let maximumSize = 4 * 1024 * 1024

    init() {}

    init(files: [String]) throws(HistoryError) {
        for path in files {
            do throws(BoundedFile.Fault) {
                add(
                    String(decoding: try BoundedFile(path: path, limit: Self.maximumSize).bytes, as: UTF8.self),
                    from: path)
            } catch {
                if case .system(ENOENT) = error { continue }
                throw error.error(about: "known-hosts file \(path)", advice: "name a file that this user can read")
            }
        }
    }

    mutating func add(_ text: String, from path: String) {
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            guard let space = line.firstIndex(of: " ") else { continue }
            lines[Self.normalized(line[..<space].lowercased())] = Line(
                thumbprint: String(line[line.index(after: space)...]).trimming(while: \.isWhitespace),
                origin: "\(path):\(index + 1)")
        }
    }

    /// `host:port`, with the default port filled in, and without a trailing dot in the host name.
    private static func normalized(_ place: String) -> String {
        // A colon after the last bracket starts a port; the colons of an IPv6 address are within brackets.
        let colon = place.lastIndex(of: ":").flatMap { $0 > (place.lastIndex(of: "]") ?? place.startIndex) ? $0 : nil }
        let host = place[..<(colon ?? place.endIndex)]
        return String(host.hasSuffix(".") ? host.dropLast() : host) + (colon.map { String(place[$0...]) } ?? ":443")
    }

    /// The pin for an address; `nil` if there is none.
    ///
    /// - Throws: ``HistoryError`` if the line about this address has no thumbprint.
    package func pin(for address: VCenterAddress) throws(HistoryError) -> Pin? {
        guard let line = lines[address.description] else { return nil }
        guard let thumbprint = Thumbprint(line.thumbprint) else {
            throw HistoryError(
                .configuration, about: line.origin, "the text after \(address) is not a thumbprint",
                advice: "write 32 (SHA-256) or 20 (SHA-1) hex pairs separated by colons")
        }
        return Pin(thumbprint: thumbprint, origin: line.origin)
    }
}
