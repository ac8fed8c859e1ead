import Glibc
import GuestCustomization

/// A configuration file: many vCenters, and defaults for all of them.
package struct ConfigurationFile: Hashable, Sendable {
    /// The path it was read from.
    package let path: String
    /// In the order of the file. There is at least one; names and addresses are unique.
    package let vCenters: [VCenterConfiguration]
    /// The program and arguments that get each new head of the history; `nil` if there is none.
    package let headCommand: [String]?

    /// The file that is read by default: `$XDG_CONFIG_HOME/customization-history/config.yaml` (`~/.config` if that is unset), then
    /// `/etc/customization-history/config.yaml`; `nil` if neither exists.
    package static func defaultPath(environment: [String: String]) -> String? {
        searchPath(environment: environment).first { access($0, F_OK) == 0 }
    }

    static func searchPath(environment: [String: String]) -> [String] {
        // The XDG Base Directory Specification says to ignore a relative path.
        let folders = [
            environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
                ?? environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 + "/.config" : nil },
            "/etc",
        ]
        return folders.compactMap(\.self).map { $0 + "/customization-history/config.yaml" }
    }

    /// Reads a file, and the certificates and known hosts that it names, but not the secrets.
    ///
    /// - Throws: ``HistoryError`` with the file, the line and what to do.
    package init(path: String) throws(HistoryError) {
        let file: BoundedFile
        do throws(BoundedFile.Fault) {
            file = try BoundedFile(path: path, limit: YAMLDocument.maximumSize)
        } catch {
            throw error.error(about: "configuration file \(path)", advice: "name one that this user can read")
        }
        try self.init(bytes: file.bytes, path: path)
    }

    init(bytes: [UInt8], path: String) throws(HistoryError) {
        self.path = path
        let root = try YAMLSection(
            YAMLDocument.root(of: bytes, path: path), path: path, name: "the file",
            keys: ["defaults", "head_command", "vcenters"])
        headCommand = try root.strings("head_command")?.map(\.value)
        let defaults = try root.section("defaults", keys: VCenterEntry.sharedKeys) ?? YAMLSection(emptyIn: path)
        guard let sections = try root.sections("vcenters", keys: VCenterEntry.keys), !sections.isEmpty else {
            throw root.refusal(root.line, "no vCenter is named; add vcenters: and a list of them, each with a url")
        }
        var vCenters: [VCenterConfiguration] = []
        var lines: [String: Int] = [:]
        var addressLines: [VCenterAddress: Int] = [:]
        for section in sections {
            let vCenter = try VCenterEntry(own: section, defaults: defaults).configuration()
            if let earlier = lines.updateValue(section.line, forKey: vCenter.name) {
                throw section.refusal(
                    section.line,
                    "the vCenter on line \(earlier) is also called \"\(vCenter.name)\"; give one of them another name")
            }
            // Each would mark the other's VMs as gone, and one of the two would find the vCenter locked.
            if let earlier = addressLines.updateValue(section.line, forKey: vCenter.address.canonical) {
                throw section.refusal(
                    section.line,
                    "the vCenter on line \(earlier) is also at \(vCenter.address.canonical); keep one of them, or, to poll it with other filters as well,"
                        + " write those into a separate configuration file")
            }
            vCenters.append(vCenter)
        }
        self.vCenters = vCenters
    }
}
