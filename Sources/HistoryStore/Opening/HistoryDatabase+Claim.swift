import GRDB
import GuestCustomization

/// The right to collect from a vCenter, and what the history calls it.
package struct ClaimedVCenter: Sendable {
    package var name: String
    let claim: CollectionClaim
}

extension HistoryDatabase {
    /// Recognizes the vCenter that a run reached and claims the collecting from it for this process; `nil` if another process has it,
    /// by whichever name.
    ///
    /// - Throws: `HistoryDatabaseError`; `otherVCenter` where the name is that of another vCenter.
    package func claimCollecting(from reached: ReachedVCenter, at now: Timestamp) async throws -> ClaimedVCenter? {
        let register = VCenterRegister(reached: reached)
        while true {
            let id = try await writeToRegister { try register.entry($0).id }
            guard let claim = try CollectionClaim.take(byte: id, inFileBeside: path) else { return nil }
            // It may have been renamed or merged before the claim was there; from now on it cannot be.
            let name = try await writeToRegister { db -> String? in
                var entry = try register.entry(db)
                guard entry.id == id else { return nil }
                try register.update(&entry, at: now, db)
                return entry.name
            }
            if let name { return ClaimedVCenter(name: name, claim: claim) }
        }
    }

    /// Records that a run came to nothing because another vCenter than the one of that name answered.
    ///
    /// Does nothing where another process collects from the vCenter of that name.
    package func recordRefusal(
        of reached: ReachedVCenter, endpoints: [Endpoint], because failure: String, at now: Timestamp
    ) async throws {
        let named = try read("look for a vCenter in") {
            try VCenterRegister.entry(named: reached.name.storable, $0)
        }
        guard let named, let claim = try CollectionClaim.take(byte: named.id, inFileBeside: path) else { return }
        for endpoint in endpoints {
            let run = try await beginRun(vCenter: named.name, endpoint: endpoint, at: now)
            try await finishRun(run, as: CollectionRunEnd(outcome: .failed, finishedAt: now, failure: failure))
        }
        withExtendedLifetime(claim) {}
    }

    private func writeToRegister<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await write("note a vCenter in") { [recording] db in
            var result: Value?
            try recording.transaction(db) { result = try body(db) }
            guard let result else { throw DatabaseError(resultCode: .SQLITE_INTERNAL) }
            return result
        }
    }
}
