import HistoryStore

/// The version of this program, recorded with each collection run. `CHANGELOG.md` says what is in it.
let toolVersion = "0.1.0"

/// What `--version` shows: the program, and the SQLite that it runs with, which is the system's.
let toolVersionLine = "customization-history \(toolVersion) (SQLite \(HistoryDatabase.sqliteVersion))"
