import Foundation
import HistoryStore
import TestSupport
import Testing

@Suite struct StateFileTests {
    private struct Count: Codable, Equatable { var value = 0 }

    private func withDirectory(_ body: (String) throws -> Void) throws {
        let path = NSTemporaryDirectory() + "/state-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    private func file(_ directory: String) -> StateFile<Count> {
        StateFile(beside: directory + "/history.db", name: "count") { Count() }
    }

    @Test func `a state file is found by the next process and readable only by its owner`() throws {
        try withDirectory { directory in
            try file(directory).update { $0.value = 100_000 }
            try file(directory).update { $0.value += 1 }
            #expect(try file(directory).update { $0.value } == 100_001)
            // Shorter than what was there.
            try file(directory).update { $0.value = 7 }
            #expect(try file(directory).update { $0.value } == 7)
            let path = directory + "/history.db-count"
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
            chmod(path, 0o644)
            try file(directory).update { $0.value = 8 }
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test func `concurrent writers lose nothing`() async throws {
        let path = NSTemporaryDirectory() + "/state-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = file(path)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { try? file.update { $0.value += 1 } } }
        }
        #expect(try file.update { $0.value } == 50)
    }

    @Test func `a state file that cannot be read counts as empty`() throws {
        try withDirectory { directory in
            for bytes in [Data("{".utf8), Data(repeating: 0xFF, count: 2 << 20), Data("{\"value\":\"x\"}".utf8)] {
                try bytes.write(to: URL(fileURLWithPath: directory + "/history.db-count"))
                #expect(try file(directory).update { $0.value } == 0)
                try file(directory).update { $0.value = 3 }
                #expect(try file(directory).update { $0.value } == 3)
            }
        }
    }

    @Test func `a link or a directory in its place is not followed`() throws {
        try withDirectory { directory in
            let path = directory + "/history.db-count"
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: directory + "/elsewhere")
            #expect(throws: StateFile<Count>.Unusable.self) { try file(directory).update { $0.value = 1 } }
            #expect(!FileManager.default.fileExists(atPath: directory + "/elsewhere"))
            #expect(throws: StateFile<Count>.Unusable.self) { try file(directory + "/none").update { $0.value = 1 } }
        }
    }
}
