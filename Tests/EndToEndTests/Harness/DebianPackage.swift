import Foundation
import TestSupport

/// The Debian package that `scripts/package` makes of the executable built together with these tests, and what it contains.
struct DebianPackage: Sendable {
    /// The package.
    let path: String
    /// The directory in which its files are unpacked.
    let root: String
    /// The directory with its control files.
    let control: String

    /// Makes and unpacks it in a new directory, which is removed afterwards.
    static func with<Result>(_ body: (DebianPackage) async throws -> Result) async throws -> Result {
        try await TemporaryDirectory.with { directory in
            let package = DebianPackage(
                path: try await make(in: directory, "made"), root: directory.path("root"),
                control: directory.path("control"))
            try await output("/usr/bin/dpkg-deb", "--extract", package.path, package.root)
            try await output("/usr/bin/dpkg-deb", "--control", package.path, package.control)
            return try await body(package)
        }
    }

    /// Makes it in a folder of a directory, and returns its path.
    static func make(in directory: TemporaryDirectory, _ folder: String) async throws -> String {
        let ended = try await BuiltExecutable(path: "/bin/sh").run(
            Repository.path("scripts/package"), directory.path(folder),
            environment: [
                "PATH": "/usr/sbin:/usr/bin:/bin", "EXECUTABLE": BuiltExecutable.history.path,
                // A debug build finds the toolchain's libraries, which are in no package, where the toolchain is.
                "SHLIBDEPS_OPTIONS": "--ignore-missing-info",
                "LINTIAN_OPTIONS": "--suppress-tags custom-library-search-path",
                "BUILDDEB_OPTIONS": "-Zgzip -z1",
            ], in: directory, timeLimit: .seconds(300))
        guard ended.termination == .exited(0) else { throw Failed(standardError: ended.standardError) }
        let made = try FileManager.default.contentsOfDirectory(atPath: directory.path(folder))
        guard made.count == 1 else { throw Failed(standardError: "made \(made)") }
        return directory.path(folder) + "/" + made[0]
    }

    /// What a program prints; throws if it fails.
    @discardableResult
    static func output(_ path: String, _ arguments: String..., environment: [String: String] = [:]) async throws
        -> String
    {
        let ended = try await BuiltExecutable(path: path).run(
            arguments, environment: ["PATH": "/usr/bin:/bin"].merging(environment) { $1 }, in: nil)
        guard ended.termination == .exited(0) else { throw Failed(standardError: ended.standardError) }
        return ended.standardOutput
    }

    /// The text of one of its files, which may be compressed.
    func read(_ file: String) async throws -> String {
        try await Self.output("/bin/gzip", "--decompress", "--force", "--stdout", root + "/" + file)
    }

    struct Failed: Error {
        let standardError: String
    }
}
