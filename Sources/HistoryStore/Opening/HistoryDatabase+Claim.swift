import GRDB
import GuestCustomization

/// The right to collect from a vCenter, and its name in the history.
package struct ClaimedVCenter: Sendable {
    /// The name that the history uses for the vCenter, which may differ from the configured one.
    package var name: String
    let claim: CollectionClaim
}

extension HistoryDatabase {
    /// Identifies the vCenter that a run reached and claims collecting from it for this process; `nil` if another process has the claim,
    /// under whatever name.
    ///
    /// - Throws: `HistoryError`; `otherVCenter` if the name belongs to another vCenter.
    package func claimCollecting(from reached: ReachedVCenter, at now: Timestamp) async throws -> ClaimedVCenter? {
        try await claim(reached, at: now, byte: { $0 }) { try AbandonedRuns(of: $0, at: Endpoint.polled).end($1, $2) }
    }

    /// Identifies the vCenter that was reached and claims reading its events for this process; `nil` if another process has the claim.
    ///
    /// - Throws: As `claimCollecting` does.
    package func claimEvents(of reached: ReachedVCenter, at now: Timestamp) async throws -> ClaimedVCenter? {
        try await claim(reached, at: now, byte: CollectionClaim.eventByte) {
            try AbandonedRuns(of: $0, at: [.events]).end($1, $2)
        }
    }

    private func claim(
        _ reached: ReachedVCenter, at now: Timestamp, byte: (Int64) -> Int64,
        clearing: @escaping @Sendable (Int64, Recording, Database) throws -> Void
    ) async throws -> ClaimedVCenter? {
        let register = VCenterRegister(reached: reached)
        while true {
            let id = try await writeToRegister { try register.entry($0).id }
            guard let claim = try CollectionClaim.take(byte: byte(id), inFileBeside: path) else { return nil }
            // It may have been renamed or merged before the claim was taken; from now on it cannot be.
            let name = try await writeToRegister { [amender, recording] db -> String? in
                var entry = try register.entry(db)
                guard entry.id == id else { return nil }
                try register.update(&entry, at: now, by: amender, db)
                try clearing(id, recording, db)
                return entry.name
            }
            if let name { return ClaimedVCenter(name: name, claim: claim) }
        }
    }

    /// Records a failed run: a different vCenter than the one recorded under that name answered.
    ///
    /// Does nothing while another process is collecting from the vCenter of that name.
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
