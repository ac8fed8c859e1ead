/// How large a history is, and how fast it grows.
package struct HistorySize: Hashable, Sendable {
    /// Rows of one of the tables.
    package struct TableRows: Hashable, Sendable {
        /// The table's name.
        package var table: String
        /// How many rows it has.
        package var count: Int

        package init(table: String, count: Int) {
            self.table = table
            self.count = count
        }
    }

    /// The growth of the last days.
    package struct Growth: Hashable, Sendable {
        /// The days that it was measured over.
        package var days: Double
        /// Polls recorded in a day.
        package var pollsPerDay: Double
        /// Bytes that they take.
        package var bytesPerDay: Double
        /// Days until the disk is full at that pace, if nothing else writes to it.
        package var daysUntilFull: Double
    }

    /// Why the growth is not known.
    package enum Shortage: String, Hashable, Sendable {
        case noPolls = "no_polls"
        case lessThanADay = "less_than_a_day"
        case fewPolls = "few_polls"
        case nothingLately = "nothing_lately"
    }

    /// The growth is measured over at most so many days.
    package static let measuredDays = 7.0
    /// With fewer polls, what they take cannot be told from what an empty history takes.
    package static let fewestPolls = 1000
    private static let secondsPerDay = 86400.0

    /// The identity of the file.
    package var uuid: String
    /// When it was read.
    package var generatedAt: Timestamp
    /// Bytes of the file, and of the write-ahead log beside it.
    package var fileBytes: Int, logBytes: Int
    /// Bytes of pages in the file that hold nothing and will be used again.
    package var freeBytes: Int
    /// Bytes that the same tables take without a row.
    package var emptyBytes: Int
    /// The principal tables.
    package var rows: [TableRows]
    /// Polls that are kept.
    package var polls: Int
    /// Polls that were recorded and pruned.
    package var prunedPolls = 0
    /// When the first run began whose polls are kept; `nil` if none were pruned.
    package var keptSince: Timestamp?
    /// Polls of the runs that began in the last `measuredDays`.
    package var recentPolls: Int
    /// When the first and the latest run began; `nil` if there is none.
    package var firstRunAt: Timestamp?, lastRunAt: Timestamp?
    /// Bytes of its file system, and those that this user may still write.
    package var diskBytes: Int, availableBytes: Int

    package init(
        uuid: String, generatedAt: Timestamp, fileBytes: Int, logBytes: Int, freeBytes: Int, emptyBytes: Int,
        rows: [TableRows], polls: Int, recentPolls: Int, firstRunAt: Timestamp?, lastRunAt: Timestamp?, diskBytes: Int,
        availableBytes: Int
    ) {
        self.uuid = uuid
        self.generatedAt = generatedAt
        self.fileBytes = fileBytes
        self.logBytes = logBytes
        self.freeBytes = freeBytes
        self.emptyBytes = emptyBytes
        self.rows = rows
        self.polls = polls
        self.recentPolls = recentPolls
        self.firstRunAt = firstRunAt
        self.lastRunAt = lastRunAt
        self.diskBytes = diskBytes
        self.availableBytes = availableBytes
    }

    /// What a poll takes on average, with everything stored because of it; `nil` if there are too few polls to tell.
    package var bytesPerPoll: Double? {
        polls < Self.fewestPolls ? nil : Double(max(0, fileBytes - freeBytes - emptyBytes)) / Double(polls)
    }

    /// The growth, or why it is not known.
    package var growth: (known: Growth?, shortage: Shortage?) {
        guard polls > 0, let firstRunAt else { return (nil, .noPolls) }
        let days = min(Self.measuredDays, generatedAt.seconds(since: firstRunAt) / Self.secondsPerDay)
        guard days >= 1 else { return (nil, .lessThanADay) }
        guard let bytesPerPoll else { return (nil, .fewPolls) }
        guard recentPolls > 0, bytesPerPoll > 0 else { return (nil, .nothingLately) }
        let pollsPerDay = Double(recentPolls) / days
        let bytesPerDay = pollsPerDay * bytesPerPoll
        return (
            Growth(
                days: days, pollsPerDay: pollsPerDay, bytesPerDay: bytesPerDay,
                daysUntilFull: Double(availableBytes + freeBytes) / bytesPerDay), nil
        )
    }

    /// When the disk is full at that pace; `nil` if that is not known or more than 100 years away.
    package var fullAt: Timestamp? {
        growth.known.flatMap {
            $0.daysUntilFull > 36525 ? nil : generatedAt.advanced(bySeconds: $0.daysUntilFull * Self.secondsPerDay)
        }
    }
}
