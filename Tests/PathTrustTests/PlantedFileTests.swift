import Foundation
import Testing

@testable import PathTrust

@Suite(.enabled("only root can give a file away") { geteuid() == 0 })
struct PlantedFileTests {
    private let folder: TemporaryFolder
    private static let other: uid_t = 54321

    init() throws {
        folder = try TemporaryFolder()
        try folder.makeDirectory("tmp", mode: 0o1777)
        try folder.makeDirectory("ours")
        try folder.write("ours/file")
    }

    private func kind(_ name: String, withEnd: Bool = true) -> PlantedFile.Kind? {
        PlantedFile(at: folder.file(name), withEnd: withEnd)?.kind
    }

    @Test(arguments: [0o1777, 0o777] as [mode_t]) func `another user's link is not followed`(mode: mode_t) throws {
        try folder.setMode("tmp", mode)
        for (name, target) in [("file", "../ours/file"), ("new", "../ours/new"), ("odd", "../ours/\u{FFFD}")] {
            try folder.link("tmp/\(name)", to: target)
            #expect(kind("tmp/\(name)") == nil, "our own is")
            try folder.give("tmp/\(name)", to: Self.other)
            #expect(kind("tmp/\(name)") == .link)
            #expect(kind("tmp/\(name)", withEnd: false) == .link)
        }
        try folder.link("tmp/way", to: "../ours")
        try folder.give("tmp/way", to: Self.other)
        #expect(kind("tmp/way/file") == .link)
        try folder.link("ours/indirect", to: "../tmp/file")
        #expect(kind("ours/indirect") == .link)
        #expect(
            PlantedFile(at: folder.file("tmp/file"))?.problem
                == "it leads through \(folder.path)/tmp/file, a symbolic link that 54321 put in \(folder.path)/tmp, where everyone may write; remove the link or name another file"
        )
        // Whose the directory is may put there what they like, as the kernel has it too.
        try folder.give("tmp", to: Self.other)
        #expect(kind("tmp/file") == nil)
    }

    @Test func `another user's file or pipe is not written to`() throws {
        try folder.write("tmp/file", mode: 0o666)
        #expect(mkfifo(folder.file("tmp/pipe"), 0o666) == 0)
        for name in ["tmp/file", "tmp/pipe"] {
            #expect(kind(name) == nil)
            try folder.give(name, to: Self.other)
            #expect(kind(name) == .file)
            #expect(kind(name, withEnd: false) == nil)
        }
    }

    @Test func `a file with a second hard link is not written to`() throws {
        #expect(link(folder.file("ours/file"), folder.file("tmp/second")) == 0)
        #expect(kind("tmp/second") == .namedFile)
        #expect(kind("ours/file") == nil)
    }

    @Test(arguments: ["/dev/null", "/dev/stdout", "/tmp/no/such/file", "/"])
    func `devices, missing paths and directories are not planted files`(path: String) {
        #expect(PlantedFile(at: path) == nil)
    }

    @Test func `a link in any other directory is followed`() throws {
        try folder.link("link", to: "ours/file")
        try folder.give("link", to: Self.other)
        #expect(kind("link") == nil)
    }
}
