import Foundation
import TestSupport
import Testing

@testable import PathTrust

@Suite struct PathWalkTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func places(_ path: String) -> [String] {
        let above = PathWalk(directory.path).places.count
        return PathWalk(path).places.dropFirst(above).map { String($0.path.dropFirst(directory.path.count)) }
    }

    @Test func `a walk follows each link to the file that the kernel opens`() throws {
        try directory.makeDirectory("a/b")
        try directory.makeDirectory("c")
        try directory.write("c/file", "x")
        try directory.link("a/b/up", to: "../../c")
        try directory.link("whole", to: directory.path + "/a/b/up/file")
        #expect(places(directory.path + "/a/./b/up/../c//file") == ["/a", "/a/b", "/a/b/up", "/c", "/c", "/c/file"])
        #expect(PathWalk(directory.path + "/whole").places.last?.path == directory.path + "/c/file")
        #expect(places(directory.path + "/a/b/..").last == "/a")
    }

    @Test func `a walk ends where nothing exists and does not loop forever`() throws {
        try directory.link("loop", to: "loop")
        try directory.link("gone", to: "not/there")
        try directory.write("file", "x")
        #expect(PathWalk(directory.path + "/loop").fault == ELOOP)
        #expect(PathWalk(directory.path + "/gone").fault == ENOENT)
        #expect(places(directory.path + "/gone") == ["/gone"])
        #expect(PathWalk(directory.path + "/file/below").fault == ENOTDIR)
    }

    @Test func `a walk recognizes our own descriptors`() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        for path in ["/dev/fd/\(ends[0])", "/proc/self/fd/\(ends[0])"] {
            #expect(PathWalk(path).isDescriptor)
            #expect(PathWalk(path).fault == nil)
        }
    }
}
