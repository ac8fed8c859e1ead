#ifndef DEFENSIVE_SQLITE_H
#define DEFENSIVE_SQLITE_H

struct sqlite3;

/// Turns on SQLITE_DBCONFIG_DEFENSIVE for a connection: nothing in the file can then make SQL write to the schema or to what other
/// tables keep their contents in. Returns 0, or SQLite's code.
///
/// In C, since sqlite3_db_config takes a variable number of arguments.
int defend_connection(struct sqlite3 *connection);

/// The byte of the SQL text that the latest error is about, from 0; -1 if it is about none, or before SQLite 3.38, which does not know it.
int error_offset(struct sqlite3 *connection);

#endif
