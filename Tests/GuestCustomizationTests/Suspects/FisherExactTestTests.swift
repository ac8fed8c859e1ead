import Foundation
import GuestCustomization
import TestSupport
import Testing

@Suite struct FisherExactTestTests {
    @Test func `p-values and their adjustment agree with SciPy, up to ten million`() {
        let logs = FisherReference.rows.map { row in
            FisherExactTest.logPValue(
                FisherExactTest.Counts(failed: row.0, finished: row.1),
                rest: FisherExactTest.Counts(failed: row.2, finished: row.3))
        }
        let adjusted = FalseDiscoveryRate.adjusted(logPValues: logs)
        for (index, row) in FisherReference.rows.enumerated() {
            // SciPy's own sum has about nine digits at the largest counts.
            #expect(abs(exp(logs[index]) - row.4) <= 1e-6 * row.4, "\(row)")
            #expect(abs(exp(adjusted[index]) - row.5) <= 1e-6 * row.5, "\(row)")
        }
    }

    @Test func `an extreme table has a finite logarithm`() {
        let log = FisherExactTest.logPValue(
            FisherExactTest.Counts(failed: 10_000_000, finished: 10_000_000),
            rest: FisherExactTest.Counts(failed: 0, finished: 10_000_000))
        #expect(log.isFinite && log < -1_000_000)
    }

    @Test func `a value that fails is found, and its peers are not`() {
        var search = SuspectSearch()
        for host in 1...20 {
            search.add(
                .host, "esx-\(host)", FisherExactTest.Counts(failed: host == 7 ? 9 : 1, finished: host == 7 ? 11 : 20))
        }
        search.add(.cluster, "small", FisherExactTest.Counts(failed: 4, finished: 4))
        search.add(.cluster, "large", FisherExactTest.Counts(failed: 20, finished: 400))
        let suspects = search.suspects()
        #expect(suspects.map(\.value) == ["esx-7"])
        #expect(suspects.first?.elsewhere == FisherExactTest.Counts(failed: 19, finished: 380))
        #expect(SuspectSearch().suspects().isEmpty)
    }

    @Test func `equal rates are no suspects, whatever the order`() {
        var search = SuspectSearch()
        for host in 1...50 { search.add(.host, "h\(host)", FisherExactTest.Counts(failed: 3, finished: 30)) }
        #expect(search.suspects().isEmpty)
    }
}
