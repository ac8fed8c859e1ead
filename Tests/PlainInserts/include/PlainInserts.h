#ifndef PLAIN_INSERTS_H
#define PLAIN_INSERTS_H

#include <stdint.h>

/// One connection of a plain C program: no layer above SQLite.
typedef struct plain_inserts plain_inserts;

/// Opens the history at `path` with the pragmas that the store uses, and adds the table `row_poll`. NULL if that fails.
plain_inserts *plain_inserts_open(const char *path);

/// Begins a run for the first vCenter and endpoint 1. Returns its number, or -1.
int64_t plain_inserts_begin_run(plain_inserts *self, int64_t started_ms);

/// Inserts `count` polls of `run` in one immediate transaction, one prepared statement stepped once for each. Returns 0, or SQLite's code.
int plain_inserts_append(plain_inserts *self, int64_t run, const int64_t *vms, const int64_t *offsets_ms, const int64_t *answers, int64_t count);

/// Takes over from the history at `path` the answers that this one lacks, and tells which answer each VM got in `run`: `answers[i]` is
/// that of the VM numbered i + 1, for `vms` VMs. Returns 0, or SQLite's code.
int plain_inserts_take_answers(plain_inserts *self, const char *path, int64_t run, int64_t *answers, int64_t vms);

void plain_inserts_close(plain_inserts *self);

#endif
