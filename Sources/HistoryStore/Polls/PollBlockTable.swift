import GRDB
import GRDBSQLite

/// Reads and writes the rows of `poll_block` for one run.
struct PollBlockTable {
    let runID: Int64

    /// Calls `body` with each poll of the run.
    func forEachPoll(_ db: Database, _ body: (PollBlock.Entry) throws -> Void) throws {
        let statement = try db.cachedStatement(
            sql: "SELECT block, first_ms, digits, offsets FROM poll_block WHERE run_id = ? ORDER BY block, part")
        statement.bind([.integer(runID)])
        try statement.forEachRow(db) { row in
            try PollBlock.forEachPoll(
                block: try row.block(0), firstMilliseconds: try row.timestamp(1).unixMilliseconds,
                digits: try row.digits(2), offsets: try row.textBytes(3), body)
        }
    }

    /// The rows of `virtual_machine_endpoint` of the VMs that were polled.
    func polledRows(_ db: Database) throws -> Set<Int64> {
        var rows: Set<Int64> = []
        try forEachPoll(db) { rows.insert($0.row) }
        return rows
    }

    /// Adds polls, ordered by their rows, to those that the run has.
    ///
    /// - Parameter parts: The number of rows that each block of the run has; updated.
    func append(_ entries: [PollBlock.Entry], parts: inout [Int64: Int64], _ db: Database) throws {
        let statement = try db.cachedStatement(
            sql: "INSERT INTO poll_block (run_id, block, part, first_ms, digits, offsets) VALUES (?, ?, ?, ?, ?, ?)")
        let handle = statement.sqliteStatement
        sqlite3_bind_int64(handle, 1, runID)
        var start = 0
        while start < entries.count {
            let block = entries[start].row / PollBlock.size
            var end = start + 1
            while end < entries.count, entries[end].row / PollBlock.size == block { end += 1 }
            for part in PollBlock.blocks(of: entries[start..<end]) {
                sqlite3_bind_int64(handle, 2, block)
                sqlite3_bind_int64(handle, 3, parts[block, default: 0])
                sqlite3_bind_int64(handle, 4, part.firstMilliseconds)
                sqlite3_bind_int64(handle, 5, Int64(part.digits))
                try part.offsets.withUnsafeBytes { text in
                    // SQLite reads the text before `finish` returns.
                    sqlite3_bind_text(
                        handle, 6, text.assumingMemoryBound(to: CChar.self).baseAddress, CInt(text.count), nil)
                    try statement.finish(db)
                }
                parts[block, default: 0] += 1
            }
            start = end
        }
        sqlite3_bind_null(handle, 6)
    }

    /// The number of rows that each block of the run has.
    func parts(_ db: Database) throws -> [Int64: Int64] {
        var parts: [Int64: Int64] = [:]
        let statement = try db.cachedStatement(
            sql: "SELECT block, max(part) + 1 FROM poll_block WHERE run_id = ? GROUP BY block")
        statement.bind([.integer(runID)])
        try statement.forEachRow(db) { parts[try $0.block(0)] = Int64(try $0.count(1)) }
        return parts
    }
}

extension StatementColumns {
    /// The number of a block of VMs.
    func block(_ index: CInt) throws -> Int64 {
        try integer(index, in: 0...StoredBounds.ids.upperBound / PollBlock.size, "is not the number of a block")
    }

    /// How many digits each offset of a block has.
    func digits(_ index: CInt) throws -> Int {
        Int(try integer(index, in: 1...Int64(PollBlock.digitLimit), "is not a number of digits"))
    }
}
