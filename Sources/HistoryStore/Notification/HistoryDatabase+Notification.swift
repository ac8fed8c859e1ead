import Crypto
import Foundation
import GRDB
import GuestCustomization

extension HistoryDatabase {
    /// What there is to tell on a channel, read at one instant; changes nothing.
    ///
    /// The parameters are those of `NotificationPlan`.
    ///
    /// - Throws: `HistoryError`.
    package func notificationPlan(
        for channel: String, since: Timestamp?, stuckAfterSeconds: Double, resendAfterSeconds: Double?,
        silentAfterSeconds: Double?, timeZone: TimeZone, at now: Timestamp
    ) throws -> (plan: NotificationPlan, before: NotificationState?) {
        try atOneInstant {
            var facts = NotificationFacts(stuckAfterSeconds: stuckAfterSeconds)
            try addCustomizations(since: .earliest, matching: ReportFilter(), to: &facts)
            let before = try read("read the notifications of") { db in
                try NotificationTables.addTwins(to: &facts, db)
                return try NotificationTables.state(of: channel.storable, db)
            }
            let window = ReportWindow(since: now.advanced(bySeconds: -86_400), until: now)
            facts.vCenters = try coverage(of: window, matching: ReportFilter(), now: now).vCenters
            let plan = NotificationPlan(
                from: before, facts, since: since, resendAfterSeconds: resendAfterSeconds,
                silentAfterSeconds: silentAfterSeconds, timeZone: timeZone, at: now)
            return (plan, before)
        }
    }

    /// Keeps the room that `noteDelivery` will need: on a full disk, nothing may be delivered, since every run would deliver it again.
    ///
    /// - Throws: `HistoryError`.
    package func reserveRoom(for plan: NotificationPlan) throws -> SpaceReservation {
        // A few rows change a page of the table and of each index for each; many fill pages.
        let rows = plan.events.count + plan.problems.count
        return try SpaceReservation(
            bytes: 256 * 1024 + min(rows * 3 * 4096, 4 << 20 + rows * 300), beside: path, "note what was told in")
    }

    /// Notes that a channel's message was delivered: it moves on.
    ///
    /// - Throws: `HistoryError`.
    package func noteDelivery(of plan: NotificationPlan, on channel: String) async throws {
        try await write("note what was told in") { [recording] db in
            try recording.transaction(db) {
                try NotificationTables.write(plan, channel: channel.storable, db)
            }
        }
    }

    /// Claims a channel for this process, so that no other one tells the same; `nil` if another process has it.
    ///
    /// - Throws: `HistoryError`.
    package func claimNotifications(on channel: String) throws -> CollectionClaim? {
        try CollectionClaim.take(byte: Self.lockedByte(of: channel), inFileBeside: path)
    }

    /// The byte of the lock file that stands for a channel. The channel may have no row yet, so it follows from the name; the bytes of
    /// vCenters are far below.
    private static func lockedByte(of channel: String) -> Int64 {
        let digest = SHA256.hash(data: Array(channel.utf8))
        return digest.prefix(4).reduce(1) { $0 << 8 | Int64($1) } << 8
    }
}
