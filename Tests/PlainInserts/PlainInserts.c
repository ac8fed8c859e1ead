// The yardstick of the store's append path: what a C programmer would write first, a row for each poll.
#include "PlainInserts.h"

#include <sqlite3.h>
#include <stdlib.h>

struct plain_inserts {
    sqlite3 *db;
    sqlite3_stmt *begin, *insert, *commit;
};

plain_inserts *plain_inserts_open(const char *path) {
    plain_inserts *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    int persist = 1;
    if (sqlite3_open_v2(path, &self->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) ||
        sqlite3_file_control(self->db, NULL, SQLITE_FCNTL_PERSIST_WAL, &persist) ||
        sqlite3_exec(self->db,
                     "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA cache_size = -8192;"
                     "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864;",
                     NULL, NULL, NULL) ||
        sqlite3_exec(self->db,
                     "CREATE TABLE IF NOT EXISTS row_poll ("
                     "run_id INTEGER NOT NULL REFERENCES collection_run, vm_id INTEGER NOT NULL REFERENCES virtual_machine,"
                     "offset_ms INTEGER NOT NULL, answer_id INTEGER NOT NULL REFERENCES answer,"
                     "PRIMARY KEY (run_id, vm_id)) STRICT, WITHOUT ROWID",
                     NULL, NULL, NULL) ||
        sqlite3_prepare_v3(self->db, "BEGIN IMMEDIATE", -1, SQLITE_PREPARE_PERSISTENT, &self->begin, NULL) ||
        sqlite3_prepare_v3(self->db, "COMMIT", -1, SQLITE_PREPARE_PERSISTENT, &self->commit, NULL) ||
        sqlite3_prepare_v3(self->db, "INSERT INTO row_poll (run_id, vm_id, offset_ms, answer_id) VALUES (?, ?, ?, ?)", -1,
                           SQLITE_PREPARE_PERSISTENT, &self->insert, NULL)) {
        plain_inserts_close(self);
        return NULL;
    }
    return self;
}

int64_t plain_inserts_begin_run(plain_inserts *self, int64_t started_ms) {
    sqlite3_stmt *run = NULL;
    if (sqlite3_prepare_v2(self->db,
                           "INSERT INTO collection_run (vcenter_id, endpoint_id, started_ms, outcome, tool_version)"
                           " VALUES (1, 1, ?, 'complete', 'plain')",
                           -1, &run, NULL))
        return -1;
    sqlite3_bind_int64(run, 1, started_ms);
    int code = sqlite3_step(run);
    sqlite3_finalize(run);
    return code == SQLITE_DONE ? sqlite3_last_insert_rowid(self->db) : -1;
}

static int execute(sqlite3_stmt *statement) {
    int code = sqlite3_step(statement);
    sqlite3_reset(statement);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

int plain_inserts_append(plain_inserts *self, int64_t run, const int64_t *vms, const int64_t *offsets_ms, const int64_t *answers, int64_t count) {
    int code = execute(self->begin);
    for (int64_t i = 0; i < count && code == SQLITE_OK; i++) {
        sqlite3_bind_int64(self->insert, 1, run);
        sqlite3_bind_int64(self->insert, 2, vms[i]);
        sqlite3_bind_int64(self->insert, 3, offsets_ms[i]);
        sqlite3_bind_int64(self->insert, 4, answers[i]);
        code = execute(self->insert);
    }
    return code == SQLITE_OK ? execute(self->commit) : code;
}

int plain_inserts_take_answers(plain_inserts *self, const char *path, int64_t run, int64_t *answers, int64_t vms) {
    sqlite3_stmt *attach = NULL, *polls = NULL;
    int code = sqlite3_prepare_v2(self->db, "ATTACH ? AS other", -1, &attach, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_text(attach, 1, path, -1, SQLITE_STATIC);
        code = execute(attach);
    }
    sqlite3_finalize(attach);
    if (code != SQLITE_OK) return code;
    code = sqlite3_exec(self->db,
                        "INSERT INTO main.answer SELECT * FROM other.answer"
                        " WHERE id > (SELECT coalesce(max(id), 0) FROM main.answer)",
                        NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_prepare_v2(self->db, "SELECT vm_id, answer_id FROM other.poll WHERE run_id = ? AND vm_id <= ?", -1,
                                  &polls, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_int64(polls, 1, run);
        sqlite3_bind_int64(polls, 2, vms);
        while ((code = sqlite3_step(polls)) == SQLITE_ROW)
            answers[sqlite3_column_int64(polls, 0) - 1] = sqlite3_column_int64(polls, 1);
        if (code == SQLITE_DONE) code = SQLITE_OK;
    }
    sqlite3_finalize(polls);
    int detached = sqlite3_exec(self->db, "DETACH other", NULL, NULL, NULL);
    return code != SQLITE_OK ? code : detached;
}

void plain_inserts_close(plain_inserts *self) {
    if (!self) return;
    sqlite3_finalize(self->begin);
    sqlite3_finalize(self->insert);
    sqlite3_finalize(self->commit);
    sqlite3_close(self->db);
    free(self);
}
