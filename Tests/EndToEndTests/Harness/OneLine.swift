import TestSupport
import Testing

/// Expects this exit code, one line on standard error with all of `words`, and nothing on standard output.
func expectOneLine(
    _ run: EndedRun, _ exit: Int32, _ words: String..., at location: SourceLocation = #_sourceLocation
) {
    #expect(run.termination == .exited(exit), sourceLocation: location)
    #expect(run.standardOutput.isEmpty, sourceLocation: location)
    let error = run.standardError
    #expect(error.hasSuffix("\n") && error.dropLast().contains("\n") == false, "\(error)", sourceLocation: location)
    for word in words { #expect(error.contains(word), sourceLocation: location) }
}
