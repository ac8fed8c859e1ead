import Subprocess

/// A process under test while it runs.
struct RunningExecutable: Sendable {
    fileprivate let execution: Execution<NoInput, FileDescriptorOutput, FileDescriptorOutput>
    let standardOutput: CapturedOutput
    let standardError: CapturedOutput

    init(
        _ execution: Execution<NoInput, FileDescriptorOutput, FileDescriptorOutput>,
        standardOutput: CapturedOutput, standardError: CapturedOutput
    ) {
        self.execution = execution
        self.standardOutput = standardOutput
        self.standardError = standardError
    }

    var processIdentifier: Int32 { execution.processIdentifier.value }

    func send(_ signal: Signal) throws { try execution.send(signal: signal) }

    /// Returns once `text` stands in what the process wrote; throws `Silence` if it ends without. The run's time limit bounds the wait.
    func wait(for text: String, in stream: KeyPath<RunningExecutable, CapturedOutput> & Sendable) async throws {
        let output = self[keyPath: stream]
        while true {
            let wasAtEnd = output.isAtEnd
            if output.text.contains(text) { return }
            if wasAtEnd {
                throw Silence(expected: text, standardOutput: standardOutput.text, standardError: standardError.text)
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// The process ended before it said what was waited for.
    struct Silence: Error {
        let expected: String
        let standardOutput: String
        let standardError: String
    }
}
