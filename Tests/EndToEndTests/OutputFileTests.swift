import Foundation
import TestSupport
import Testing

@testable import HistoryCommand

/// A command that writes a file leaves the old or the new file and no other file.
@Suite struct OutputFileTests {
    private static func temporaries(in directory: TemporaryDirectory) throws -> [String] {
        try directory.contents.filter { $0.hasSuffix(".tmp") }
    }

    @Test func `an output file is complete and has no leftovers beside it, however often its writer is killed`()
        async throws
    {
        try await PolledVCenter.with { polled in
            try await polled.collect()
            let whole = try await polled.history("report", "--format", "html", "--output", "report.html")
            #expect(whole.termination == .exited(0), "\(whole.standardError)")
            var random: [UInt16] = [1, 2, 0x330E]
            var killed = 0
            for _ in 0..<30 {
                let instant = Duration.seconds(erand48(&random) * 0.08)
                let run = try await polled.history(
                    "report", "--format", "html", "--output", "report.html",
                    environment: ["LLVM_PROFILE_FILE": "/dev/null"]
                ) { running in
                    try await Task.sleep(for: instant)
                    try? running.send(.kill)
                }
                if run.termination == .signaled(SIGKILL) { killed += 1 }
                let page = try polled.directory.read("report.html")
                #expect(page.hasSuffix("</html>\n"))
            }
            #expect(killed > 0)
            let last = try await polled.history("report", "--format", "html", "--output", "report.html")
            #expect(last.termination == .exited(0), "\(last.standardError)")
            #expect(try Self.temporaries(in: polled.directory) == [])
        }
    }

    @Test func `leftovers of a killed writer are removed, and other files are kept`()
        async throws
    {
        try await PolledVCenter.with { polled in
            try await polled.collect()
            let abandoned = ".history-5A0E3D9C-6C39-4C39-9BE7-0C5F0D3B7E11.tmp"
            let held = ".history-6B1F4EAD-7D4A-4D4A-8CF8-1D601E4C8F22.tmp"
            let pipe = ".history-7C205FBE-8E5B-4E5B-9D09-2E712F5D9033.tmp"
            let notes = ".history-notes.tmp"
            for name in [abandoned, held, notes] {
                try polled.directory.write(name, "half")
            }
            #expect(mkfifo(polled.directory.path(pipe), 0o600) == 0)
            let holder = open(polled.directory.path(held), O_RDWR | O_CLOEXEC)
            defer { close(holder) }
            #expect(flock(holder, LOCK_EX | LOCK_NB) == 0)

            let first = try await polled.history("metrics", "--output", "history.prom")
            #expect(first.termination == .exited(0), "\(first.standardError)")
            #expect(try Self.temporaries(in: polled.directory) == [held, pipe, notes])

            flock(holder, LOCK_UN)
            let second = try await polled.history("metrics", "--output", "history.prom")
            #expect(second.termination == .exited(0), "\(second.standardError)")
            #expect(try Self.temporaries(in: polled.directory) == [pipe, notes])
        }
    }

    @Test func `an output file keeps its permissions, and a new one has default permissions`() async throws {
        try await PolledVCenter.with { polled in
            try await polled.collect()
            let path = polled.directory.path("report.csv")
            for mode in [0o640, 0o600] {
                let run = try await polled.shell("umask 027 && exec \"$0\" report --format csv --output report.csv")
                #expect(run.termination == .exited(0), "\(run.standardError)")
                var status = stat()
                #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == mode_t(mode))
                #expect(chmod(path, 0o600) == 0)
            }
        }
    }

    @Test func `a replacement file with a temporary name replaces its target`() async throws {
        try await TemporaryDirectory.with { directory in
            let target = try directory.write("report.csv", "old")
            do {
                let file = try ReplacementFile(namedIn: directory.path, mode: 0o600)
                #expect(try Self.temporaries(in: directory).count == 1)
                #expect(fcntl(file.descriptor, F_GETFD) >= 0)
            }
            #expect(try Self.temporaries(in: directory) == [], "one that was not put in place is deleted")
            var file = try ReplacementFile(namedIn: directory.path, mode: 0o600)
            #expect(write(file.descriptor, "new", 3) == 3)
            try file.replace(target)
            #expect(try directory.read("report.csv") == "new")
            #expect(try directory.contents == ["report.csv"])
        }
    }
}
