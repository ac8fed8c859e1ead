import GuestCustomization

/// The size and growth of a history as JSON, format `customization-history/stats/1`. Scripts rely on it: its keys and their order are
/// fixed.
///
/// Times are RFC 3339 in UTC with milliseconds, unknown values are `null`; `growth_unknown` says why.
package struct HistorySizeJSON: Sendable {
    package init() {}

    /// The whole document, ending with a line break.
    ///
    /// - Parameter history: The history's path.
    package func render(_ size: HistorySize, of history: String) -> String {
        let (growth, shortage) = size.growth
        var json = JSONWriter()
        json.object { json in
            json.head("stats", generatedAt: size.generatedAt)
            json.field("database", history)
            json.field("database_uuid", size.uuid)
            json.field("size") { json in
                json.field("file_bytes", size.fileBytes)
                json.field("log_bytes", size.logBytes)
                json.field("free_bytes", size.freeBytes)
            }
            json.field("rows") { json in
                for table in size.rows { json.field(table.table, table.count) }
            }
            json.field("polls", size.polls)
            json.field("pruned_polls", size.prunedPolls)
            json.field("first_run_at", size.firstRunAt?.rfc3339)
            json.field("last_run_at", size.lastRunAt?.rfc3339)
            json.field("bytes_per_poll", size.bytesPerPoll?.toMillionths)
            json.field("growth_unknown", shortage?.rawValue)
            json.field("measured_days", growth?.days.toMillionths)
            json.field("polls_per_day", growth?.pollsPerDay.toMillionths)
            json.field("bytes_per_day", growth?.bytesPerDay.toMillionths)
            json.field("disk") { json in
                json.field("bytes", size.diskBytes)
                json.field("available_bytes", size.availableBytes)
                json.field("days_until_full", growth?.daysUntilFull.toMillionths)
                json.field("full_at", size.fullAt?.rfc3339)
            }
        }
        return json.text
    }
}
