import Testing

@testable import VCenterClient

@Suite struct RequestPaceTests {
    /// The requests per second that a server with a limit of 100 requests per second serves and refuses to a client with this pace.
    private func simulate(seconds: Int) -> (served: [Int], refused: [Int]) {
        var pace = RequestPace(at: .zero)
        var left = 100.0
        var now = Duration.zero
        var (served, refused) = ([Int](repeating: 0, count: seconds), [Int](repeating: 0, count: seconds))
        while now < .seconds(seconds) {
            let second = Int(now / .seconds(1))
            if pace.wait(at: now) <= .zero {
                pace.noteRequest(at: now)
                if left >= 1 {
                    left -= 1
                    served[second] += 1
                    pace.noteService(at: now)
                } else {
                    refused[second] += 1
                    pace.slowDown(at: now)
                }
            }
            now += .milliseconds(1)
            left = min(100, left + 0.1)
        }
        return (served, refused)
    }

    @Test func `the pace settles close to the rate that the server serves`() {
        let (served, refused) = simulate(seconds: 120)
        #expect(served[20...].reduce(0, +) > 90 * 100)
        #expect(refused[20...].reduce(0, +) < 100 * 2)
    }

    @Test func `the pace is unlimited until the server limits it and again once it stops`() {
        var pace = RequestPace(at: .zero)
        for _ in 0..<1000 {
            pace.noteRequest(at: .zero)
            #expect(pace.wait(at: .zero) == .zero)
            pace.noteService(at: .zero)
        }
        pace.slowDown(at: .seconds(10))
        #expect(pace.interval == .milliseconds(10))
        for second in 11..<100 { pace.noteService(at: .seconds(second)) }
        #expect(pace.interval == .zero)
    }

    @Test func `the pace is never slower than one request per second`() {
        var pace = RequestPace(at: .zero)
        for second in 1...100 {
            pace.slowDown(at: .seconds(second * 1000))
            #expect(pace.interval <= .seconds(1))
        }
    }
}
