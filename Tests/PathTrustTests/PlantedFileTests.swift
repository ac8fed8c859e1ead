import Foundation
import TestSupport
import Testing

@testable import PathTrust

@Suite(.enabled("only root can give a file away") { geteuid() == 0 })
struct PlantedFileTests {
    private let directory: TemporaryDirectory
    private static let other: uid_t = 54321

    init() throws {
        directory = try TemporaryDirectory()
        try directory.makeDirectory("tmp", mode: 0o1777)
        try directory.makeDirectory("ours")
        try directory.write("ours/file")
    }

    private func kind(_ name: String, withEnd: Bool = true) -> PlantedFile.Kind? {
        PlantedFile(at: directory.path(name), withEnd: withEnd)?.kind
    }

    @Test(arguments: [0o1777, 0o777] as [mode_t]) func `another user's link is not followed`(mode: mode_t) throws {
        try directory.setMode("tmp", mode)
        for (name, target) in [("file", "../ours/file"), ("new", "../ours/new"), ("odd", "../ours/\u{FFFD}")] {
            try directory.link("tmp/\(name)", to: target)
            #expect(kind("tmp/\(name)") == nil, "our own is")
            try directory.give("tmp/\(name)", to: Self.other)
            #expect(kind("tmp/\(name)") == .link)
            #expect(kind("tmp/\(name)", withEnd: false) == .link)
        }
        try directory.link("tmp/way", to: "../ours")
        try directory.give("tmp/way", to: Self.other)
        #expect(kind("tmp/way/file") == .link)
        try directory.link("ours/indirect", to: "../tmp/file")
        #expect(kind("ours/indirect") == .link)
        #expect(
            PlantedFile(at: directory.path("tmp/file"))?.problem
                == "it leads through \(directory.path)/tmp/file, a symbolic link that 54321 put in \(directory.path)/tmp, where everyone may write; remove the link or name another file"
        )
        // The owner of a directory may put links there, by the kernel's rules too.
        try directory.give("tmp", to: Self.other)
        #expect(kind("tmp/file") == nil)
    }

    @Test func `another user's file or pipe is not written to`() throws {
        try directory.write("tmp/file", mode: 0o666)
        #expect(mkfifo(directory.path("tmp/pipe"), 0o666) == 0)
        for name in ["tmp/file", "tmp/pipe"] {
            #expect(kind(name) == nil)
            try directory.give(name, to: Self.other)
            #expect(kind(name) == .file)
            #expect(kind(name, withEnd: false) == nil)
        }
    }

    @Test func `a file with a second hard link is not written to`() throws {
        #expect(link(directory.path("ours/file"), directory.path("tmp/second")) == 0)
        #expect(kind("tmp/second") == .namedFile)
        #expect(kind("ours/file") == nil)
    }

    @Test(arguments: ["/dev/null", "/dev/stdout", "/tmp/no/such/file", "/"])
    func `devices, missing paths and directories are not planted files`(path: String) {
        #expect(PlantedFile(at: path) == nil)
    }

    @Test func `a link in any other directory is followed`() throws {
        try directory.link("link", to: "ours/file")
        try directory.give("link", to: Self.other)
        #expect(kind("link") == nil)
    }
}
