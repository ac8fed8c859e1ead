import GuestCustomization
import Testing

@testable import HistoryStore

@Suite struct FailingCauseTests {
    private func causes(_ answers: [(vm: String, name: String, CustomizationError)]) async throws -> [String: Int] {
        let history = try TemporaryHistory()
        try await history.run(
            at: .epoch(0), listing: answers.map { VirtualMachine(id: $0.vm, name: $0.name) },
            answers.map { ($0.vm, .status(.failed, start: 0, end: 9, error: $0.2)) })
        let metrics = try history.database.metrics(on: ReportWindow(since: .epoch(0), until: .epoch(3600)))
        return try #require(metrics.vCenters.first).failingByCause.filter { $0.value > 0 }
    }

    @Test func `a cause is recognised by the English text, whatever the language of the session`() async throws {
        let message = LocalizableMessage(
            id: "some.unknown.id", defaultMessage: "/usr/bin/perl: No such file or directory",
            localized: "/usr/bin/perl: Datei oder Verzeichnis nicht gefunden")
        #expect(try await causes([("vm-1", "web", .message(message))]) == ["perl-missing": 1])
    }

    @Test func `a cause is not recognised by the name of the VM`() async throws {
        let text = "Customization of domain-join-01 failed"
        #expect(try await causes([("vm-1", "domain-join-01", .text(text))]) == ["unknown": 1])
    }
}
