import Foundation
import TestSupport

extension TemporaryDirectory {
    /// The result of `stat`, which follows links.
    func status(_ name: String) throws -> stat {
        var status = stat()
        guard stat(path(name), &status) == 0 else { throw SystemCallFailed("stat") }
        return status
    }
}
