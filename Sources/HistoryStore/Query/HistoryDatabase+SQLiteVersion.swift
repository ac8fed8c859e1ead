import GRDBSQLite

extension HistoryDatabase {
    /// The release of the SQLite library that this process has loaded, such as `3.40.1`.
    package static var sqliteVersion: String { String(cString: sqlite3_libversion()) }
}
