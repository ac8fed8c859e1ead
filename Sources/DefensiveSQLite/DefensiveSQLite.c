#include "DefensiveSQLite.h"

#include <sqlite3.h>

int defend_connection(struct sqlite3 *connection) {
    return sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
}

int error_offset(struct sqlite3 *connection) {
#if SQLITE_VERSION_NUMBER >= 3038000
    return sqlite3_error_offset(connection);
#else
    return -1;
#endif
}
