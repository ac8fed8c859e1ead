import GuestCustomization
import Testing

@Suite struct WilsonIntervalTests {
    @Test func `no trials have no interval`() {
        #expect(WilsonInterval(0, of: 0) == nil)
    }

    /// 81 of 263 is the example of R. G. Newcombe, "Two-sided confidence intervals for the single proportion",
    /// Statistics in Medicine 17 (1998), table I, method 3: 0.2553 to 0.3662; so are 15 of 148, 0 of 20 and 1 of 29.
    @Test(arguments: [
        (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718),
    ])
    func `the interval agrees with the published one`(count: Int, trials: Int, lower: Double, upper: Double) throws {
        let interval = try #require(WilsonInterval(count, of: trials))
        #expect(abs(interval.lower - lower) < 0.00005)
        #expect(abs(interval.upper - upper) < 0.00005)
    }

    @Test func `the interval contains the rate and stays within zero and one`() throws {
        for trials in 1...60 {
            for count in 0...trials {
                let rate = Double(count) / Double(trials)
                let interval = try #require(WilsonInterval(count, of: trials))
                let mirrored = try #require(WilsonInterval(trials - count, of: trials))
                #expect(0 <= interval.lower && interval.lower <= rate && rate <= interval.upper && interval.upper <= 1)
                #expect(abs(interval.lower - (1 - mirrored.upper)) < 1e-12)
            }
        }
    }

    @Test func `more trials at the same rate narrow the interval`() throws {
        let widths = try [2, 20, 200, 2000].map { trials in
            let interval = try #require(WilsonInterval(trials / 2, of: trials))
            return interval.upper - interval.lower
        }
        #expect(widths == widths.sorted(by: >))
    }
}
