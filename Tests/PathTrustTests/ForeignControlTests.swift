import Foundation
import TestSupport
import Testing

@testable import PathTrust

@Suite struct ForeignControlTests {
    private let directory: TemporaryDirectory
    private static let other: uid_t = 54321

    init() throws {
        directory = try TemporaryDirectory()
    }

    /// The result for a process of `user`.
    private func control(_ name: String, for user: uid_t = geteuid()) throws -> ForeignControl? {
        ForeignControl(overFile: directory.path(name), opened: try directory.status(name), by: user)
    }

    @Test func `a file is trusted if we own it and everything that leads to it`() throws {
        try directory.makeDirectory("etc/conf")
        try directory.write("etc/conf/config.yaml", mode: 0o644)
        try directory.link("etc/link.yaml", to: "conf/config.yaml")
        #expect(try control("etc/conf/config.yaml") == nil)
        #expect(try control("etc/link.yaml") == nil)
    }

    @Test(arguments: [0o620, 0o602, 0o666, 0o664] as [mode_t])
    func `a file that others may write is refused`(mode: mode_t) throws {
        try directory.write("it's", mode: mode)
        let found = try #require(try control("it's"))
        let others = mode & 0o002 == 0 ? "its group" : "every user of this machine"
        #expect(found.problem == "\(others) may write to it (mode 0\(String(mode, radix: 8)))")
        #expect(found.remedy == "run: chmod go-w '\(directory.path)/it'\\''s'")
    }

    @Test(arguments: [0o777, 0o757] as [mode_t], ["open/file", "link"])
    func `a file that others may replace is refused`(mode: mode_t, name: String) throws {
        try directory.makeDirectory("open/deep")
        try directory.write("open/file")
        try directory.link("link", to: "open/file")
        try directory.setMode("open", mode)
        let found = try #require(try control(name))
        #expect(
            found.problem.contains("write to its directory \(directory.path)/open (mode 0\(String(mode, radix: 8)))"))
        #expect(found.remedy == "run: chmod go-w '\(directory.path)/open'")
        try directory.setMode("open", mode | 0o1000)
        #expect(try control(name) == nil, "only owners may rename")
    }

    @Test(.enabled("only root can give a file away") { geteuid() == 0 })
    func `a directory that is writable for its owner's private group is trusted`() throws {
        // Users of every system, each with its own group; nobody logs in as them.
        let user = try #require(getpwnam("daemon")?.pointee.pw_uid)
        let group = try #require(getpwnam("daemon")?.pointee.pw_gid)
        let another = try #require(getpwnam("bin")?.pointee.pw_gid)
        try directory.makeDirectory("home")
        try directory.write("home/file")
        try directory.give("home/file", to: user)
        for (owner, group, isOurs) in [(user, group, true), (user, another, false), (0, group, false), (0, 0, false)] {
            #expect(chown(directory.path("home"), owner, group) == 0)
            try directory.setMode("home", 0o775)
            #expect((try control("home/file", for: user) == nil) == isOurs, "\(owner):\(group)")
        }
    }

    @Test(.enabled("only root can give a file away") { geteuid() == 0 })
    func `a file whose file, directory or link belongs to another user is refused`() throws {
        try directory.write("file")
        try directory.give("file", to: Self.other)
        #expect(
            try control("file")
                == ForeignControl(
                    problem: "it belongs to 54321, who could write anything to it",
                    remedy: "run: chown root '\(directory.path)/file'"))
        #expect(try control("file", for: Self.other) == nil, "to its owner it is a file like any other")

        try directory.makeDirectory("theirs")
        try directory.write("theirs/file")
        try directory.give("theirs", to: Self.other)
        #expect(
            try control("theirs/file")
                == ForeignControl(
                    problem:
                        "its directory \(directory.path)/theirs belongs to 54321, who could put another file there",
                    remedy: "move it to a directory of root, or run: chown root '\(directory.path)/theirs'"))

        try directory.makeDirectory("shared", mode: 0o1777)
        try directory.write("ours")
        try directory.link("shared/link", to: "../ours")
        // The kernel may refuse to follow the link, so the target is opened directly.
        let ours = try directory.status("ours")
        func linked() -> ForeignControl? { ForeignControl(overFile: directory.path("shared/link"), opened: ours) }
        #expect(linked() == nil)
        try directory.give("shared/link", to: Self.other)
        #expect(linked()?.problem.contains("the symbolic link \(directory.path)/shared/link belongs to 54321") == true)
        #expect(linked()?.remedy == "run: chown -h root '\(directory.path)/shared/link'")
        // The owner of a link does not matter if others cannot replace it.
        try directory.link("link", to: "ours")
        try directory.give("link", to: Self.other)
        #expect(try control("link") == nil)
    }

    @Test func `a file that was just replaced by another is refused`() throws {
        try directory.write("file")
        try directory.write("opened")
        let found = ForeignControl(overFile: directory.path("file"), opened: try directory.status("opened"))
        #expect(found?.problem == "it was just replaced by another file")
    }

    @Test func `a pipe is trusted, and a file behind a descriptor is checked like any other`() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        var status = stat()
        #expect(fstat(ends[0], &status) == 0)
        #expect(ForeignControl(overFile: "/dev/fd/\(ends[0])", opened: status) == nil)
        let descriptor = open(try directory.write("open", mode: 0o666), O_RDONLY)
        defer { close(descriptor) }
        #expect(fstat(descriptor, &status) == 0)
        #expect(ForeignControl(overFile: "/dev/fd/\(descriptor)", opened: status)?.problem.contains("0666") == true)
    }
}
