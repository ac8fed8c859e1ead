import Foundation
import GuestCustomization
import HistoryStore

/// The file of a backup: complete and verified, or not there at all.
struct BackupFile {
    /// As it was given.
    let path: String
    /// Whether it may replace an earlier backup.
    let mayReplace: Bool

    /// Like the history's own: what guests report is no business of other users.
    private static let mode: mode_t = 0o640

    /// Copies a history.
    ///
    /// - Parameters:
    ///   - progress: Called while the copy grows.
    ///   - verifying: Called with the complete copy, to verify it.
    /// - Throws: `HistoryError`, 73 if the file cannot be made, 74 if it cannot be written; what the closures throw. The file is then as
    ///   it was.
    func write(
        _ history: HistoryDatabase, progress: @escaping (CopyProgress) throws -> Void,
        verifying: (CopyVerification) throws -> Void
    ) throws {
        let target = try checkedTarget(of: history)
        let directory = URL(fileURLWithPath: target).deletingLastPathComponent().path
        do {
            AbandonedFiles.delete(in: directory)
            var file = try ReplacementFile(namedIn: directory, mode: Self.mode)
            guard let temporary = file.path else { return }
            NewDatabaseFile.giveToOwner(of: directory, file.descriptor)
            try history.copy(to: temporary, called: path, progress: progress)
            try verifying(CopyVerification(of: temporary, called: path))
            // Somebody may have put something there meanwhile.
            _ = try checkedTarget(of: history)
            if mayReplace { try file.replace(target) } else { try file.take(target) }
        } catch let fault as ReplacementFile.Fault {
            throw HistoryError(
                fault.kind, about: "cannot write \(path)",
                "cannot \(fault.step): \(String(cString: strerror(fault.code)))",
                advice: "there is no copy")
        }
        ReplacementFile.sync(directory: directory)
    }

    private func checkedTarget(of history: HistoryDatabase) throws -> String {
        let target = try OutputFile.target(of: path)
        if let obstacle = try CopyTarget.obstacle(at: target, of: history.path, mayReplace: mayReplace) {
            throw HistoryError(
                .cannotCreate, about: "cannot write \(path)", obstacle.problem, advice: obstacle.advice)
        }
        return target
    }
}
