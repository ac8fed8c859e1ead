import Subprocess

/// A running process.
package struct RunningExecutable: Sendable {
    fileprivate let execution: Execution<NoInput, FileDescriptorOutput, FileDescriptorOutput>
    package let standardOutput: CapturedOutput
    package let standardError: CapturedOutput

    init(
        _ execution: Execution<NoInput, FileDescriptorOutput, FileDescriptorOutput>,
        standardOutput: CapturedOutput, standardError: CapturedOutput
    ) {
        self.execution = execution
        self.standardOutput = standardOutput
        self.standardError = standardError
    }

    package var processIdentifier: Int32 { execution.processIdentifier.value }

    package func send(_ signal: Signal) throws { try execution.send(signal: signal) }

    /// Returns once the process has written `text`; throws `EndedWithoutOutput` if it ends without. The run's time limit bounds the
    /// wait.
    package func wait(for text: String, in stream: KeyPath<RunningExecutable, CapturedOutput> & Sendable) async throws {
        let output = self[keyPath: stream]
        while true {
            let wasAtEnd = output.isAtEnd
            if output.text.contains(text) { return }
            if wasAtEnd {
                throw EndedWithoutOutput(
                    expected: text, standardOutput: standardOutput.text, standardError: standardError.text)
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// The process ended before it wrote the expected text.
    package struct EndedWithoutOutput: Error {
        package let expected: String
        package let standardOutput: String
        package let standardError: String
    }
}
