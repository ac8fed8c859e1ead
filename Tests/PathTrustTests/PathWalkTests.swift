import Foundation
import Testing

@testable import PathTrust

@Suite struct PathWalkTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func places(_ path: String) -> [String] {
        let above = PathWalk(folder.path).places.count
        return PathWalk(path).places.dropFirst(above).map { String($0.path.dropFirst(folder.path.count)) }
    }

    @Test func `a walk follows each link to the file that the kernel opens`() throws {
        try folder.makeDirectory("a/b")
        try folder.makeDirectory("c")
        try folder.write("c/file", "x")
        try folder.link("a/b/up", to: "../../c")
        try folder.link("whole", to: folder.path + "/a/b/up/file")
        #expect(places(folder.path + "/a/./b/up/../c//file") == ["/a", "/a/b", "/a/b/up", "/c", "/c", "/c/file"])
        #expect(PathWalk(folder.path + "/whole").places.last?.path == folder.path + "/c/file")
        #expect(places(folder.path + "/a/b/..").last == "/a")
    }

    @Test func `a walk ends where nothing exists and does not loop forever`() throws {
        try folder.link("loop", to: "loop")
        try folder.link("gone", to: "not/there")
        try folder.write("file", "x")
        #expect(PathWalk(folder.path + "/loop").fault == ELOOP)
        #expect(PathWalk(folder.path + "/gone").fault == ENOENT)
        #expect(places(folder.path + "/gone") == ["/gone"])
        #expect(PathWalk(folder.path + "/file/below").fault == ENOTDIR)
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
