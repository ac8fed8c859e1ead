import ArgumentParser
import Foundation
import GuestCustomization

/// The question before a command does what cannot be undone.
struct Confirmation: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Do not ask for confirmation.")
    var yes = false

    /// Asks on a terminal, unless --yes was given; only y or yes means yes.
    ///
    /// - Parameters:
    ///   - deed: What cannot be undone: `a merge`.
    ///   - advice: What else to do if nobody can be asked.
    ///   - lines: What the user should know before answering.
    ///   - refusal: What did not happen: `nothing was merged`.
    /// - Throws: `HistoryError`, 64 if the answer is no, or if there is no terminal.
    func require(
        for deed: String, orElse advice: String = "", saying lines: [String] = [], _ question: String, refusal: String
    ) throws(HistoryError) {
        if yes { return }
        guard isTerminal(.standardInput), isTerminal(.standardError) else {
            throw HistoryError(.usage, "\(deed) cannot be undone: give --yes if nobody can be asked\(advice)")
        }
        for line in lines { say(line) }
        ask("\(question) [y/N]")
        guard ["y", "yes"].contains(readLine()?.lowercased()) else { throw HistoryError(.usage, refusal) }
    }
}
