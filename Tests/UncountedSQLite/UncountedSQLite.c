// In the process of the tests, SQLite does not count its memory: many tests use it at once, and for each allocation they would wait for
// one lock. The program itself counts, since it limits the memory of an auditor's query.
#include "UncountedSQLite.h"

#include <sqlite3.h>

// SQLite takes this setting only before it is first used.
__attribute__((constructor)) static void stop_counting(void) { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
