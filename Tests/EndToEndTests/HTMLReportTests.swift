import Foundation
import GuestCustomization
import TestSupport
import Testing
import VCenterSimulator

/// The page in a real browser. `scripts/test` installs Chromium.
@Suite struct HTMLReportTests {
    private static let chromium = "/usr/bin/chromium"

    /// What a browser finds in one report at one window width.
    private struct Findings: Decodable {
        var width: Int
        var scrollWidth: Int
        /// The first few elements that are wider than the page.
        var overflowing: [String]
        var styled: Bool
        var before: [String]
        var afterNames: [String]
        var afterRate: [String]
        var afterRateAgain: [String]
        var sortStates: [String]
        var announced: String
        var buttons: Int
        /// The VMs found by a search for `WEB-2` and by one for `no such`, and the message about the first.
        var searched: [String]
        var found: String
        var searchedInVain: [String]
        var afterSearch: Int
        var injected: Bool
    }

    @Test func `the page sorts, fits a phone and a desktop and logs no browser error`() async throws {
        try #require(
            FileManager.default.isExecutableFile(atPath: Self.chromium), "install it: apt-get install -y chromium")
        let names = [
            "web-2", "web-10", "<script>top.injected=1</script>", "\u{202E}שרת-01",
            String(repeating: "long-name-", count: 40),
            "数据库", "idle",
        ]
        try await PolledVCenter.with(vms: names.count) { polled in
            for (index, name) in names.enumerated() {
                try polled.vCenter.renameVirtualMachine(polled.vm(index), to: name)
                let failed = [2, 3, 4].contains(index)
                try polled.set(
                    index, failed ? .failed : .succeeded, start: "2026-11-02T08:00:00Z",
                    end: "2026-11-02T08:0\(index):30Z",
                    error: failed ? .text(String(repeating: "<img src=x onerror=top.injected=1>", count: 300)) : nil)
            }
            try await polled.collect()
            try polled.set(0, .failed, start: "2026-11-03T08:00:00Z", end: "2026-11-03T08:03:00Z")
            try polled.set(6, .running, start: "2026-11-03T08:00:00Z")
            try await polled.collect()
            _ = try await polled.history(
                "report", "--since", "2026-10-01", "--compare", "--format", "html", "--output", "full.html")
            _ = try await polled.history(
                "report", "--since", "2000-01-01", "--until", "2001-01-01", "--format", "html", "--output", "empty.html"
            )

            for finding in try await open("full.html", in: polled.directory) {
                #expect(finding.scrollWidth <= finding.width, "\(finding.overflowing)")
                #expect(finding.styled)
                #expect(!finding.injected)
                #expect(finding.buttons == 8)
                #expect(finding.searched == ["web-2"] && finding.found == "1 of \(names.count)")
                #expect(finding.searchedInVain.isEmpty && finding.afterSearch == names.count)
                #expect(finding.before.count == names.count)
                #expect(
                    finding.afterNames.firstIndex(of: "web-2").map { $0 + 1 }
                        == finding.afterNames.firstIndex(of: "web-10"))
                #expect(Set(finding.afterNames) == Set(finding.before))
                #expect(finding.afterRate.prefix(3).allSatisfy { $0 == "1" } && finding.afterRate[3] == "0.5")
                // Ascending now; a row without a rate would be last in both orders.
                #expect(finding.afterRateAgain == finding.afterRate.sorted())
                #expect(finding.sortStates == ["none", "none", "none", "none", "ascending", "none", "none", "none"])
                #expect(finding.announced == "Sorted by Rate, ascending")
            }
            for finding in try await open("empty.html", in: polled.directory) {
                #expect(finding.scrollWidth <= finding.width, "\(finding.overflowing)")
                #expect(finding.styled && finding.before.isEmpty)
            }
        }
    }

    /// Opens a page at widths of 390 and 1440 pixels, in frames of another page, which inspects it and is not subject to its policy.
    private func open(_ page: String, in directory: TemporaryDirectory) async throws -> [Findings] {
        try directory.write("probe.html", Self.probe(page))
        let run = try await BuiltExecutable(path: Self.chromium).run(
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                "--user-data-dir=\(directory.path("profile"))", "--allow-file-access-from-files",
                "--enable-logging=stderr",
                "--virtual-time-budget=10000", "--dump-dom",
                URL(fileURLWithPath: directory.path("probe.html")).absoluteString,
            ], environment: ["HOME": directory.path, "PATH": "/usr/bin:/bin"], in: directory)
        #expect(run.termination == .exited(0))
        let complaints = run.standardError.split(separator: "\n").filter { $0.contains("CONSOLE") }
        #expect(complaints.isEmpty, "\(complaints)")
        let findings = try #require(run.standardOutput.firstMatch(of: /<pre id="findings">(.*?)<\/pre>/)?.1)
        let encoded = try #require(Data(base64Encoded: String(findings)))
        return try JSONDecoder().decode([Findings].self, from: encoded)
    }

    private static func probe(_ page: String) -> String {
        """
        <!DOCTYPE html><meta charset="utf-8"><body>
        <iframe src="\(page)" width="390" height="800"></iframe><iframe src="\(page)" width="1440" height="900"></iframe>
        <pre id="findings"></pre>
        <script>
        const look = (frame) => {
          const document = frame.contentDocument, view = frame.contentWindow;
          const cells = (selector) => [...document.querySelectorAll("#vm-table tbody " + selector)];
          const names = () => cells("th > bdi").map((cell) => cell.textContent);
          const rates = () => cells("td:nth-of-type(4)").map((cell) => cell.dataset.value);
          const heads = [...document.querySelectorAll("#vm-table thead th")];
          const press = (column) => heads[column] && heads[column].querySelector("button").click();
          const finding = { width: Number(frame.width), before: names(), buttons: heads.length };
          finding.styled = view.getComputedStyle(document.querySelector(".tiles")).display === "grid";
          press(0);
          finding.afterNames = names();
          press(4);
          finding.afterRate = rates();
          press(4);
          finding.afterRateAgain = rates();
          finding.sortStates = heads.map((head) => head.getAttribute("aria-sort"));
          finding.announced = document.getElementById("vms-order")?.textContent ?? "";
          const box = document.getElementById("vm-words");
          const search = (words) => {
            if (!box) return [];
            box.value = words;
            box.dispatchEvent(new view.Event("input"));
            return cells("th > bdi").filter((cell) => cell.getClientRects().length > 0).map((cell) => cell.textContent);
          };
          finding.searched = search("WEB-2");
          finding.found = document.getElementById("vm-found")?.textContent ?? "";
          finding.searchedInVain = search("no such");
          finding.afterSearch = search("").length;
          for (const details of document.querySelectorAll("details")) details.open = true;
          finding.scrollWidth = document.documentElement.scrollWidth;
          finding.overflowing = [...document.body.querySelectorAll("*")]
            .filter((element) => element.getBoundingClientRect().right > Number(frame.width) + 0.5)
            .slice(0, 5).map((element) => element.outerHTML.slice(0, 200));
          finding.injected = window.injected === 1;
          return finding;
        };
        addEventListener("load", () => {
          const text = JSON.stringify([...document.querySelectorAll("iframe")].map(look));
          const bytes = new TextEncoder().encode(text);
          document.getElementById("findings").textContent = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
        });
        </script>
        """
    }
}
