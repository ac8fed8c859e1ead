import Foundation

/// The arguments of this process.
package enum GivenArguments {
    /// The first one is the name it was called by.
    ///
    /// Swift finds them in front of the environment. A preloaded library that sets a variable moves that, and then there seem to be none.
    package static let all: [String] = {
        let found = CommandLine.arguments
        guard found.isEmpty, let given = FileManager.default.contents(atPath: "/proc/self/cmdline") else {
            return found
        }
        return given.split(separator: 0, omittingEmptySubsequences: false).dropLast().map {
            String(decoding: $0, as: UTF8.self)
        }
    }()
}
