import Foundation
import TestSupport
import Testing

/// The Debian package, made of the debug executable; `scripts/package` has lintian check it. `scripts/try-package` installs it.
@Suite(.madePackage) struct PackageTests {
    @Test func `the package has both names, units, man pages, completions, examples and licences`() async throws {
        let package = try #require(DebianPackage.made)
        func exists(_ file: String) -> Bool { FileManager.default.fileExists(atPath: package.root + "/" + file) }
        for file in [
            "usr/bin/history", "usr/bin/customization-history", "lib/systemd/system/customization-history.service",
            "lib/systemd/system/customization-history.timer",
            "lib/systemd/system/customization-history-notify.service",
            "lib/systemd/system/customization-history-notify.timer",
            "lib/systemd/system/customization-history-notify.service.d/user.conf",
            "usr/lib/sysusers.d/customization-history.conf",
            "usr/share/zsh/vendor-completions/_customization-history",
            "usr/share/fish/vendor_completions.d/customization-history.fish",
            "usr/share/doc/customization-history/examples/check_history.py",
            "usr/share/doc/customization-history/examples/config.yaml",
            "usr/share/doc/customization-history/examples/alerts.yml",
            "usr/share/doc/customization-history/examples/customizations.json",
        ] {
            #expect(exists(file), "\(file)")
        }
        let conffiles = try String(contentsOfFile: package.control + "/conffiles", encoding: .utf8)
        #expect(conffiles == "/etc/customization-history/config.yaml.sample\n")
        let attributes = try FileManager.default.attributesOfItem(
            atPath: package.root + "/etc/customization-history")
        #expect(attributes[.posixPermissions] as? Int == 0o750)

        let depends = try await DebianPackage.output("/usr/bin/dpkg-deb", "--field", package.path, "Depends")
        #expect(depends.contains("libsqlite3-0") && depends.contains("debconf"), "\(depends)")
        let version = try await DebianPackage.output("/usr/bin/dpkg-deb", "--field", package.path, "Version")
        let shown = try await BuiltExecutable.history.run("--version", in: nil).standardOutput
        #expect(shown.contains(/^customization-history [0-9.]+ \(SQLite [0-9.]+\)\n$/))
        #expect(shown.hasPrefix("customization-history \(version.prefix { $0 != "-" }) "))
        let changes = try await package.read("usr/share/doc/customization-history/changelog.Debian.gz")
        #expect(changes.hasPrefix("customization-history (\(version.dropLast())) stable; urgency=medium\n"))

        // Every package that SwiftPM fetched is named with its licence.
        let copyright = try await package.read("usr/share/doc/customization-history/copyright")
        let pins = try String(contentsOfFile: Repository.path("Package.resolved"), encoding: .utf8)
        let fetched = pins.matches(of: /"location" : "([^"]+)"/).map { String($0.1) }
        #expect(
            fetched.count > 20
                && fetched.allSatisfy { copyright.contains($0 + ": Apache-2.0") || copyright.contains($0 + ": \n") }
        )
    }

    @Test func `every subcommand has a man page that says what its help says, and is completed`() async throws {
        let package = try #require(DebianPackage.made)
        let commands = try await Command.all(of: package.root + "/usr/bin/customization-history")
        #expect(commands.count > 20)
        for command in commands {
            let name = command.words.joined(separator: "-")
            let page = try await package.read("usr/share/man/man1/\(name).1.gz")
                .replacing("\\-", with: "-").replacing("\\(aq", with: "'").replacing("\\fB", with: "")
            #expect(page.contains(".SH NAME\n\(name) - "), "\(name)")
            for option in command.options { #expect(page.contains(option), "\(name): \(option)") }
            for example in command.examples {
                #expect(
                    page.contains(example.replacing("\\", with: "\\e").replacing("`", with: "\\(ga")),
                    "\(name): \(example)")
            }
        }
        let link = package.root + "/usr/share/man/man1/history.1.gz"
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "customization-history.1.gz")

        let subcommands = commands.filter { $0.words.count == 2 }.map { $0.words[1] }
        for name in ["customization-history", "history"] {
            let script = package.root + "/usr/share/bash-completion/completions/" + name
            let completed = try await DebianPackage.output(
                "/bin/bash", "-c",
                """
                . "$1"; COMP_WORDS=("$2" ''); COMP_CWORD=1; "_$2" "$2" '' "$2"; printf '%s\\n' "${COMPREPLY[@]}"
                """, "bash", script, name)
            #expect(Set(completed.split(separator: "\n").map(String.init)).isSuperset(of: subcommands), "\(name)")
        }
    }

    @Test func `the same sources and executable make the same package`() async throws {
        let package = try #require(DebianPackage.made)
        try await TemporaryDirectory.with { directory in
            let again = try await DebianPackage.make(in: directory, "again")
            #expect(FileManager.default.contentsEqual(atPath: again, andPath: package.path))
        }
    }

    /// A command, from ArgumentParser's description of it.
    private struct Command {
        let words: [String]
        let options: [String]
        let examples: [String]

        static func all(of executable: String) async throws -> [Command] {
            let dump = try await DebianPackage.output(executable, "--experimental-dump-help")
            let root = try #require(JSONSerialization.jsonObject(with: Data(dump.utf8)) as? [String: Any])
            return try read(#require(root["command"] as? [String: Any]), [])
        }

        private static func read(_ object: [String: Any], _ parents: [String]) throws -> [Command] {
            let words = parents + [try #require(object["commandName"] as? String)]
            guard words.last != "help", object["shouldDisplay"] as? Bool == true else { return [] }
            let arguments = (object["arguments"] as? [[String: Any]] ?? []).filter {
                $0["shouldDisplay"] as? Bool == true
            }
            let names = arguments.flatMap { $0["names"] as? [[String: String]] ?? [] }
            let discussion = object["discussion"] as? String ?? ""
            let command = Command(
                words: words,
                options: names.compactMap { name in name["name"].map { (name["kind"] == "long" ? "--" : "-") + $0 } },
                examples: discussion.split(separator: "\n").filter { $0.hasPrefix("  ") }.map(String.init))
            return try [command] + (object["subcommands"] as? [[String: Any]] ?? []).flatMap { try read($0, words) }
        }
    }
}
