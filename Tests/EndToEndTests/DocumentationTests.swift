import Foundation
import TestSupport
import Testing

/// The documentation names only what exists, so that it stays correct.
@Suite struct DocumentationTests {
    private static let pages = [
        "architecture.md", "contributing.md", "design.md", "performance.md", "schema.md", "vcenter-api.md",
    ]

    private static func text(_ path: String) throws -> String {
        try Repository.read(path)
    }

    /// The texts between backticks, outside fenced blocks.
    private static func quoted(in page: String) throws -> [String] {
        let blocks = try text("docs/" + page).components(separatedBy: "```")
        let prose = blocks.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element).joined()
        return prose.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
    }

    private static let folders = ["Sources", "Tests", "migrations", "scripts", "docs", "packaging", ".ci"]

    @Test(arguments: pages) func `the documentation names only existing files`(page: String) throws {
        let paths = try Self.quoted(in: page).compactMap { $0.split(separator: " ").first.map(String.init) }
            .filter { path in Self.folders.contains { path.hasPrefix($0 + "/") } && !path.contains("NNNN") }
        for path in paths {
            #expect(
                FileManager.default.fileExists(atPath: Repository.path(path)), "\(path)")
        }
        if page == "architecture.md" { #expect(paths.count > 20) }
    }

    @Test(arguments: pages) func `the documentation links only to existing targets`(page: String) throws {
        for link in try Self.text("docs/" + page).matches(of: /\]\(([^)#]+)(?:#[^)]*)?\)/).map(\.1)
        where !link.contains("://") {
            let target = Repository.path("docs/\(link)")
            #expect(FileManager.default.fileExists(atPath: target), "\(link)")
        }
    }

    /// Types, and functions and variables of types: `PollBatch`, `HistoryDatabase.rebuildCustomizations`.
    @Test(arguments: ["architecture.md", "contributing.md"]) func `the documentation names only existing symbols`(
        page: String
    )
        throws
    {
        let declared = Self.declared(in: try Self.swiftSources())
        let symbols = try Self.quoted(in: page).filter { $0.wholeMatch(of: /[A-Z][A-Za-z]+(\.[A-Za-z]+)*/) != nil }
        let own = symbols.filter { !["GET", "DATABASE", "HTTP"].contains($0) }
        #expect(!own.isEmpty)
        for symbol in own {
            for name in symbol.split(separator: ".") where !Self.isDeclared(String(name), in: declared) {
                Issue.record("\(symbol): nothing declares \(name)")
            }
        }
    }

    private static func isDeclared(_ name: String, in declared: Set<String>) -> Bool {
        declared.contains(name) || FileManager.default.fileExists(atPath: Repository.path("Sources/\(name)"))
            || FileManager.default.fileExists(atPath: Repository.path("Tests/\(name)"))
    }

    /// The words after a keyword that declares something.
    private static func declared(in sources: String) -> Set<String> {
        let keywords: Set = [
            "struct", "enum", "class", "actor", "protocol", "typealias", "func", "case", "var", "let",
        ]
        func isPartOfName(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        let words = sources.utf8.split { !isPartOfName($0) }.map { String(decoding: $0, as: UTF8.self) }
        return Set(zip(words, words.dropFirst()).filter { keywords.contains($0.0) }.map(\.1))
    }

    private static func swiftSources() throws -> String {
        try ["Sources", "Tests"].flatMap { folder in
            FileManager.default.enumerator(atPath: Repository.path(folder))?
                .compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }.map { folder + "/" + $0 } ?? []
        }.map(text).joined(separator: "\n")
    }

    @Test func `the documentation lists all subcommands`() async throws {
        try await TemporaryDirectory.with { directory in
            let help = try await BuiltExecutable.history.run("--help", in: directory).standardOutput
            let own =
                help.split(separator: "SUBCOMMANDS:").last.map(String.init)?
                .matches(of: #/\n  ([a-z][a-z-]*)  /#).map { String($0.1) } ?? []
            let listed = try Self.text("docs/design.md").split(separator: "\n")
                .compactMap { $0.wholeMatch(of: /\| `history ([a-z-]+).* \| ([^|]*) \|/) }
                .filter { !$0.2.contains("(planned)") }.map { String($0.1) }
            #expect(!own.isEmpty)
            #expect(Set(listed).sorted() == own.sorted())
        }
    }
}
