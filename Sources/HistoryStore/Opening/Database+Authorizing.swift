import GRDB
import GRDBSQLite

extension Database {
    /// Ends the calls by which GRDB follows what each statement reads and changes, as observers of a database need it. There are none,
    /// and the calls, one for each column of a statement and of the views that it reads, take more time than SQLite's own compilation.
    func endAuthorizing() { sqlite3_set_authorizer(sqliteConnection, nil, nil) }
}
