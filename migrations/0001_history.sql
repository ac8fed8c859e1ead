-- Why: vCenter remembers only the last guest customization of each VM. This schema stores every poll with its answer (append only), in
-- two parts: `poll_block` has when each VM was polled, `answer_change` what it answered if that was not the same as before. It also
-- stores a summary of the polls about each customization, so that reports need not read polls.
--
-- The comments are also what `history schema` prints: the first sentence above a table or view describes it, the comment on the line where
-- a column's definition ends describes the column. "Public:" begins the comment of a view that auditors may rely on.
--
-- Instants are INTEGER milliseconds since 1970-01-01T00:00:00Z. These tables are the program's own; auditors read the views of the next
-- file. This file is frozen once shipped: a change of the schema goes into a new one.

-- The latest commit of this program, by a random token. Detects a log (-wal) that belongs to another state of the file, see
-- CommitMark.swift. It comes first, so that its row is in page 3, after that of the pages' owners (auto_vacuum).
CREATE TABLE latest_commit (
    id INTEGER PRIMARY KEY CHECK (id = 1),    -- always 1
    token BLOB NOT NULL CHECK (length(token) = 8),    -- random bytes, new in each commit
    previous BLOB NOT NULL CHECK (length(previous) = 8)    -- the token of the commit before
) STRICT;
INSERT INTO latest_commit (id, token, previous) VALUES (1, randomblob(8), zeroblob(8));

-- The applied scripts of this folder. The program refuses a database whose applied script differs from its own.
CREATE TABLE migration (
    number INTEGER PRIMARY KEY,    -- from 1, in the order of application
    name TEXT NOT NULL,    -- what it does: the name of its file
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),    -- of the script's text
    applied_at_ms INTEGER NOT NULL,    -- when it was applied, by this program's clock
    tool_version TEXT NOT NULL    -- version of the program that applied it
) STRICT;

-- The sources that a vCenter has. The first two are polled; vCenter's events are read.
CREATE TABLE endpoint (
    id INTEGER PRIMARY KEY,    -- 1, 2 or 3
    name TEXT NOT NULL UNIQUE    -- customization-live, customization or events
) STRICT;
INSERT INTO endpoint (id, name) VALUES (1, 'customization-live'), (2, 'customization'), (3, 'events');

-- One row for each vCenter.
CREATE TABLE vcenter (
    id INTEGER PRIMARY KEY,    -- number of the vCenter
    name TEXT NOT NULL UNIQUE,    -- what the history calls it
    is_name_given INTEGER NOT NULL DEFAULT 0 CHECK (is_name_given IN (0, 1)),    -- configured; else the name is host or host:port
    instance_uuid TEXT UNIQUE    -- its identity, however it is reached; in lower case, NULL while unknown
) STRICT;

-- Where each vCenter was reached. Identifies it in a run that cannot determine its instance UUID.
CREATE TABLE vcenter_address (
    vcenter_id INTEGER NOT NULL REFERENCES vcenter,    -- row of vcenter
    address TEXT NOT NULL,               -- host:port; several vCenters may use it over time
    last_run_ms INTEGER NOT NULL,        -- when the latest run there began
    PRIMARY KEY (vcenter_id, address)
) STRICT, WITHOUT ROWID;

-- One row for each VM. A managed object id that comes back with another instance UUID is another VM.
CREATE TABLE virtual_machine (
    id INTEGER PRIMARY KEY,    -- number of the VM
    vcenter_id INTEGER NOT NULL REFERENCES vcenter,    -- row of vcenter
    moid TEXT NOT NULL,        -- managed object id; unique within one vCenter only
    name TEXT NOT NULL,        -- the latest, as the vCenter writes it; the managed object id until a listing has shown one
    shown_name TEXT NOT NULL,  -- the same as people see it: %25, %2f and %5c decoded, in Unicode's composed form (NFC)
    instance_uuid TEXT,        -- survives a new registration, which changes moid; NULL while unknown
    is_identified INTEGER NOT NULL DEFAULT 0 CHECK (is_identified IN (0, 1)),    -- whether the UUID was requested; 0: it still has to be
    is_current INTEGER NOT NULL DEFAULT 1 CHECK (is_current IN (0, 1))     -- whether the managed object id means this VM, not a later one
) STRICT;
CREATE UNIQUE INDEX virtual_machine_by_moid ON virtual_machine (vcenter_id, moid) WHERE is_current = 1;
CREATE UNIQUE INDEX virtual_machine_by_identity ON virtual_machine (vcenter_id, moid, ifnull(instance_uuid, ''));

CREATE INDEX virtual_machine_by_id ON virtual_machine (moid);
CREATE INDEX virtual_machine_by_name ON virtual_machine (shown_name);
CREATE INDEX virtual_machine_by_instance_uuid ON virtual_machine (instance_uuid) WHERE instance_uuid IS NOT NULL;

-- One row for each rename, the first name included.
CREATE TABLE virtual_machine_name (
    id INTEGER PRIMARY KEY,    -- in the order in which names were first seen
    vm_id INTEGER NOT NULL REFERENCES virtual_machine,    -- row of virtual_machine
    name TEXT NOT NULL,          -- as the vCenter writes it
    shown_name TEXT NOT NULL,    -- as people see it
    first_seen_ms INTEGER NOT NULL    -- when a listing first had this name
) STRICT;
CREATE INDEX virtual_machine_name_by_vm ON virtual_machine_name (vm_id);
CREATE INDEX virtual_machine_name_by_name ON virtual_machine_name (shown_name);

-- One row for each collection run. Its figures are updated in the transaction that appends polls, so that those of a killed run are true.
CREATE TABLE collection_run (
    id INTEGER PRIMARY KEY,            -- for each vCenter, in the order in which runs began
    vcenter_id INTEGER NOT NULL REFERENCES vcenter,    -- row of vcenter
    endpoint_id INTEGER NOT NULL REFERENCES endpoint,    -- row of endpoint
    collector TEXT,                    -- who ran it: user@host; NULL if that is not known
    started_ms INTEGER NOT NULL,    -- when it began
    listed_ms INTEGER,                 -- when the list of VMs was complete; NULL if it never was
    finished_ms INTEGER,               -- NULL while running, and forever if it was killed: nobody saw its end
    outcome TEXT NOT NULL CHECK (outcome IN ('running', 'complete', 'partial', 'failed', 'interrupted')),    -- running, complete, partial (some VMs gave no answer), failed (nothing could be polled) or interrupted
    failure TEXT,                      -- why it was cut short, or why its list of VMs is doubted
    vms INTEGER NOT NULL DEFAULT 0,    -- listed
    selection TEXT CHECK (selection IN ('all', 'filtered', 'chosen')),    -- which VMs were listed: all that the account sees, those that the configured filters accept, or those of --vm; NULL if none were
    is_whole INTEGER NOT NULL DEFAULT 0 CHECK (is_whole IN (0, 1)),    -- whether a VM that was not listed is gone
    polls INTEGER NOT NULL DEFAULT 0,    -- polls recorded
    failed_polls INTEGER NOT NULL DEFAULT 0,      -- polls that got no answer; a VM's own 403, 404 or 503 is an answer
    reported_polls INTEGER NOT NULL DEFAULT 0,    -- polls that got a status
    last_reported_ms INTEGER,                     -- the latest of those
    events INTEGER NOT NULL DEFAULT 0,            -- events recorded
    clock_offset_ms INTEGER,                      -- how far the vCenter's clock was ahead of ours; NULL if it sent no date
    sequence INTEGER NOT NULL DEFAULT 1,          -- one more than the number of earlier regular runs of its vCenter and endpoint
    is_regular INTEGER CHECK (is_regular IN (0, 1)),    -- whether poll_span counts it; NULL as long as its polls are not complete
    tool_version TEXT NOT NULL    -- version of the program that ran it
) STRICT;
CREATE INDEX collection_run_by_source ON collection_run (vcenter_id, endpoint_id, started_ms);
CREATE INDEX collection_run_under_way ON collection_run (vcenter_id, endpoint_id) WHERE outcome = 'running';
-- Only of runs that ended: in one under way this instant changes with each commit.
CREATE INDEX collection_run_by_last_report ON collection_run (last_reported_ms) WHERE outcome <> 'running';
CREATE INDEX collection_run_by_regularity ON collection_run (is_regular, vcenter_id, endpoint_id);

-- The answers to polls, and vCenter's events, each distinct one once.
CREATE TABLE answer (
    id INTEGER PRIMARY KEY AUTOINCREMENT,    -- number of the answer; that of a removed one is not used again, because exports have it
    sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),    -- over the columns from result to raw; see AnswerDigest.swift
    result TEXT NOT NULL,      -- 'reported', or why nothing was
    is_answer INTEGER NOT NULL CHECK (is_answer IN (0, 1)),    -- whether the question about the VM was answered: by a status, or by vCenter's own words about this VM
    http_status INTEGER,       -- NULL where no HTTP answer came
    status TEXT,               -- the vCenter's word, or the class of an event; present if and only if result is 'reported'
    start_ms INTEGER,    -- when the customization began, by the server's clock
    end_ms INTEGER,    -- when it ended, by the server's clock
    error_id TEXT,             -- of the failed customization, or of why nothing was reported
    error_message TEXT,        -- in the language of the session
    error_untranslated TEXT,   -- the same in English, by which errors are distinguished; NULL where it equals error_message
    raw ANY                    -- the body as received: TEXT, or BLOB where it is not UTF-8 or holds a NUL; NULL if none came
) STRICT;

-- One row for each VM and endpoint ever polled, or of which events tell.
CREATE TABLE virtual_machine_endpoint (
    id INTEGER PRIMARY KEY,    -- number of the pair; neighbouring numbers share rows of poll_block
    vm_id INTEGER NOT NULL REFERENCES virtual_machine,    -- row of virtual_machine
    endpoint_id INTEGER NOT NULL REFERENCES endpoint,    -- row of endpoint
    UNIQUE (vm_id, endpoint_id)
) STRICT;

-- When VMs were polled: the polls of one run and one commit on up to 64 VMs with neighbouring rows. A row of more than about 1 KB would
-- spill to overflow pages. The view `poll` reads it.
CREATE TABLE poll_block (
    run_id INTEGER NOT NULL REFERENCES collection_run,    -- row of collection_run
    block INTEGER NOT NULL,       -- the rows 64 * block to 64 * block + 63 of virtual_machine_endpoint, at the positions 0 to 63
    part INTEGER NOT NULL,        -- 0, 1 and so on, where several rows have polls of one run and block
    first_ms INTEGER NOT NULL,    -- its earliest poll
    digits INTEGER NOT NULL CHECK (digits BETWEEN 1 AND 13),    -- width of each offset
    offsets TEXT NOT NULL,        -- for each position up to the last poll, this many digits: milliseconds from first_ms to the poll; blanks if there is none
    PRIMARY KEY (run_id, block, part)
) STRICT, WITHOUT ROWID;

-- The positions in a block: a constant list for the view `poll`.
CREATE TABLE block_position (
    position INTEGER PRIMARY KEY    -- 0 to 63
) STRICT;
INSERT INTO block_position (position)
WITH RECURSIVE p (position) AS (SELECT 0 UNION ALL SELECT position + 1 FROM p WHERE position < 63) SELECT position FROM p;

-- What VMs answered: from the poll of this run on, until the next row of the VM and endpoint.
CREATE TABLE answer_change (
    virtual_machine_endpoint_id INTEGER NOT NULL REFERENCES virtual_machine_endpoint,    -- row of virtual_machine_endpoint
    run_id INTEGER NOT NULL REFERENCES collection_run,    -- row of collection_run: the first run that got this answer
    answer_id INTEGER NOT NULL REFERENCES answer,    -- row of answer
    PRIMARY KEY (virtual_machine_endpoint_id, run_id)
) STRICT, WITHOUT ROWID;

-- In which runs each VM was polled: in every regular run of its vCenter and endpoint from first_run_id to last_run_id. A run that
-- polled fewer VMs than it left out is not regular: there, each polled VM has a span of this one run. Can be rebuilt from poll_block.
CREATE TABLE poll_span (
    virtual_machine_endpoint_id INTEGER NOT NULL REFERENCES virtual_machine_endpoint,    -- row of virtual_machine_endpoint
    first_run_id INTEGER NOT NULL REFERENCES collection_run,    -- row of collection_run: the first run of the span
    last_run_id INTEGER REFERENCES collection_run,    -- NULL as long as no regular run has left the VM out
    PRIMARY KEY (virtual_machine_endpoint_id, first_run_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX poll_span_open ON poll_span (virtual_machine_endpoint_id) WHERE last_run_id IS NULL;

-- In which listings a VM was: in each one of its vCenter and endpoint from first_run_id on and before gone_run_id. A listing that is
-- not whole leaves VMs out but ends no span. A span that ends where it begins belongs to a VM that was polled but never listed.
CREATE TABLE virtual_machine_listing (
    virtual_machine_endpoint_id INTEGER NOT NULL REFERENCES virtual_machine_endpoint,    -- row of virtual_machine_endpoint
    first_run_id INTEGER NOT NULL REFERENCES collection_run,    -- row of collection_run: the first listing that had the VM
    gone_run_id INTEGER REFERENCES collection_run,    -- the run, at either endpoint, whose whole listing no longer had the VM; NULL if none
    PRIMARY KEY (virtual_machine_endpoint_id, first_run_id)
) STRICT, WITHOUT ROWID;

-- A summary of the polls about each customization. It equals a fold over `poll`, `answer` and `virtual_machine_listing` and can be rebuilt from them. The checks
-- avoid IN, for which SQLite builds an index of the list in each statement: that took longer than the rest of an insert.
CREATE TABLE customization (
    id INTEGER PRIMARY KEY,    -- number of the customization
    virtual_machine_endpoint_id INTEGER NOT NULL REFERENCES virtual_machine_endpoint,    -- row of virtual_machine_endpoint
    identity_basis TEXT NOT NULL          -- 'first_poll' until an answer shows a time; 'event' if events tell of it
        CHECK (identity_basis = 'start_time' OR identity_basis = 'end_time' OR identity_basis = 'first_poll' OR identity_basis = 'event'),
    identity_value INTEGER NOT NULL,      -- milliseconds; for 'first_poll' the run of that poll, for 'event' the row of the first event
    outcome TEXT NOT NULL    -- succeeded, failed, running, pending, other or lost, as in customization_history
        CHECK (outcome = 'succeeded' OR outcome = 'failed' OR outcome = 'running' OR outcome = 'pending' OR outcome = 'other' OR outcome = 'lost'),
    start_ms INTEGER,    -- when it began, by the server's clock
    end_ms INTEGER,    -- when it ended, by the server's clock
    end_first_polled_ms INTEGER,          -- the poll that first showed it finished; NULL if it is not
    first_polled_ms INTEGER NOT NULL,    -- the first poll that showed it
    last_polled_ms INTEGER,               -- NULL while the VM's latest answer shows it; then see latest_poll
    polls INTEGER NOT NULL,               -- how many showed it; while last_polled_ms is NULL, without those from latest_answer.since_run_id on
    window_ms INTEGER,                    -- the instant by which it belongs to a report's window: end_ms or else end_first_polled_ms if it is finished, else last_polled_ms
    answer_id INTEGER NOT NULL REFERENCES answer,    -- the latest about it
    same_as INTEGER REFERENCES customization,        -- another row that tells of the same customization, and is counted instead; NULL if none is
    UNIQUE (virtual_machine_endpoint_id, identity_basis, identity_value)
) STRICT;
CREATE INDEX customization_by_window ON customization (window_ms);
CREATE INDEX customization_by_same ON customization (same_as) WHERE same_as IS NOT NULL;
-- There are few at a time: they are lost if their VM is gone.
CREATE INDEX customization_unfinished ON customization (virtual_machine_endpoint_id) WHERE outcome = 'running' OR outcome = 'pending';

-- The latest answer of each VM and endpoint ever polled. Changes only when the answer does. Can be rebuilt from `poll` and `answer`.
CREATE TABLE latest_answer (
    virtual_machine_endpoint_id INTEGER PRIMARY KEY REFERENCES virtual_machine_endpoint,    -- row of virtual_machine_endpoint
    answer_id INTEGER NOT NULL REFERENCES answer,    -- row of answer
    since_run_id INTEGER NOT NULL REFERENCES collection_run,    -- the run that first got it, or got it again after the VM was gone
    last_reported_ms INTEGER,     -- the latest poll before since_run_id that got a status; NULL if there is none
    customization_id INTEGER REFERENCES customization    -- the current one, lost or not: the latest definite answer was about it; NULL if there is none
) STRICT;

-- How many customizations ever finished, for the metrics. These totals never decrease, although the rows behind them may: a customization is corrected, all of them are rebuilt, runs
-- are pruned. So triggers add up here what was once seen, and nothing is ever subtracted.
CREATE TABLE finished_total (
    vcenter_id INTEGER NOT NULL REFERENCES vcenter ON DELETE CASCADE,    -- row of vcenter
    endpoint_id INTEGER NOT NULL REFERENCES endpoint,    -- row of endpoint
    outcome TEXT NOT NULL CHECK (outcome = 'succeeded' OR outcome = 'failed'),    -- succeeded or failed
    bound_seconds INTEGER NOT NULL,    -- the lowest duration_bound that they did not exceed; 0: they have no duration, -1: they exceed all
    customizations INTEGER NOT NULL,    -- how many finished
    seconds REAL NOT NULL,             -- the sum of their durations
    PRIMARY KEY (vcenter_id, endpoint_id, outcome, bound_seconds)
) STRICT, WITHOUT ROWID;

-- The bounds of the durations that the metrics count. Customizations take seconds to minutes, and hours when they hang.
CREATE TABLE duration_bound (
    seconds INTEGER PRIMARY KEY    -- the longest duration that counts below this bound
) STRICT;
INSERT INTO duration_bound (seconds)
VALUES (5), (10), (20), (30), (45), (60), (90), (120), (180), (300), (600), (1200), (1800), (3600), (7200), (14400);

-- What each finished customization that polls saw adds to finished_total.
CREATE VIEW finished_customization AS
SELECT
    u.id AS customization_id,   -- row of customization
    v.vcenter_id AS vcenter_id,      -- row of vcenter
    m.endpoint_id AS endpoint_id,    -- row of endpoint
    u.outcome AS outcome,       -- succeeded or failed
    iif(u.end_ms >= u.start_ms, coalesce((SELECT min(seconds) FROM duration_bound WHERE seconds * 1000 >= u.end_ms - u.start_ms), -1), 0)
        AS bound_seconds,       -- as in finished_total
    iif(u.end_ms >= u.start_ms, (u.end_ms - u.start_ms) / 1000.0, 0.0)
        AS seconds              -- its duration, or 0.0
FROM customization AS u
JOIN virtual_machine_endpoint AS m ON m.id = u.virtual_machine_endpoint_id
JOIN virtual_machine AS v ON v.id = m.vm_id
WHERE (u.outcome = 'succeeded' OR u.outcome = 'failed') AND u.identity_basis <> 'event';

CREATE TRIGGER customization_finished AFTER INSERT ON customization
WHEN NEW.outcome = 'succeeded' OR NEW.outcome = 'failed'
BEGIN
    INSERT INTO finished_total (vcenter_id, endpoint_id, outcome, bound_seconds, customizations, seconds)
    SELECT vcenter_id, endpoint_id, outcome, bound_seconds, 1, seconds FROM finished_customization WHERE customization_id = NEW.id
    ON CONFLICT DO UPDATE SET customizations = customizations + 1, seconds = seconds + excluded.seconds;
END;

CREATE TRIGGER customization_finished_later AFTER UPDATE OF outcome ON customization
WHEN (NEW.outcome = 'succeeded' OR NEW.outcome = 'failed') AND NEW.outcome <> OLD.outcome
BEGIN
    INSERT INTO finished_total (vcenter_id, endpoint_id, outcome, bound_seconds, customizations, seconds)
    SELECT vcenter_id, endpoint_id, outcome, bound_seconds, 1, seconds FROM finished_customization WHERE customization_id = NEW.id
    ON CONFLICT DO UPDATE SET customizations = customizations + 1, seconds = seconds + excluded.seconds;
END;
