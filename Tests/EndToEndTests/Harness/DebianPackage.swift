import Foundation
import TestSupport
import Testing

/// The Debian package that `scripts/package` makes of the executable built together with these tests, and what it contains.
struct DebianPackage: Sendable {
    /// The package.
    let path: String
    /// The directory in which its files are unpacked.
    let root: String
    /// The directory with its control files.
    let control: String

    /// The package of a suite with the trait ``MadePackage``.
    @TaskLocal static var made: DebianPackage?

    /// Makes and unpacks it in a new directory, which is removed afterwards.
    fileprivate static func with(_ body: (DebianPackage) async throws -> Void) async throws {
        try await TemporaryDirectory.with { directory in
            let package = DebianPackage(
                path: try await make(in: directory, "made"), root: directory.path("root"),
                control: directory.path("control"))
            try await output("/usr/bin/dpkg-deb", "--extract", package.path, package.root)
            try await output("/usr/bin/dpkg-deb", "--control", package.path, package.control)
            try await body(package)
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

/// The package is made once, which takes many seconds, for all tests of a suite.
struct MadePackage: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await DebianPackage.with { package in
            try await DebianPackage.$made.withValue(package, operation: function)
        }
    }
}

extension Trait where Self == MadePackage {
    static var madePackage: Self { Self() }
}
