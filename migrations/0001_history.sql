-- Why: vCenter remembers only the last guest customization of each VM. This schema stores every poll with its answer (append only), in
-- two parts: `poll_block` has when each VM was polled, `answer_change` what it answered if that was not the same as before. It also
-- stores a summary of the polls about each customization, so that reports need not read polls.
--
-- Instants are INTEGER milliseconds since 1970-01-01T00:00:00Z. The views `*_history`, `latest_error` and
-- `listed_virtual_machine` are a public contract: their names and columns do not change; tables may be extended, other views may change. This file is frozen once shipped: a change of the schema goes into the next file.

-- The latest commit of this program, by a random token: detects a log (-wal) that belongs to another state of the file, see
-- CommitMark.swift. It comes first, so that its row is in page 2.
CREATE TABLE latest_commit (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    token BLOB NOT NULL CHECK (length(token) = 8),
    previous BLOB NOT NULL CHECK (length(previous) = 8)    -- the token of the commit before
) STRICT;
INSERT INTO latest_commit (id, token, previous) VALUES (1, randomblob(8), zeroblob(8));

-- Bookkeeping of these files; the program refuses a database whose applied script differs from its own.
CREATE TABLE migration (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),    -- of the script's text
    applied_at_ms INTEGER NOT NULL,
    tool_version TEXT NOT NULL
) STRICT;

CREATE TABLE endpoint (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO endpoint (id, name) VALUES (1, 'customization-live'), (2, 'customization');

CREATE TABLE vcenter (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    is_name_given INTEGER NOT NULL DEFAULT 0 CHECK (is_name_given IN (0, 1)),    -- configured; else the name is host or host:port
    instance_uuid TEXT UNIQUE    -- its identity, however it is reached; in lower case, NULL while unknown
) STRICT;

-- Where each vCenter was reached; identifies it in a run that cannot determine its instance UUID.
CREATE TABLE vcenter_address (
    vcenter_id INTEGER NOT NULL REFERENCES vcenter,
    address TEXT NOT NULL,               -- host:port; several vCenters may use it over time
    last_run_ms INTEGER NOT NULL,        -- when the latest run there began
    PRIMARY KEY (vcenter_id, address)
) STRICT, WITHOUT ROWID;

-- A managed object id that comes back with another instance UUID is another VM, with a row of its own.
CREATE TABLE virtual_machine (
    id INTEGER PRIMARY KEY,
    vcenter_id INTEGER NOT NULL REFERENCES vcenter,
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
    id INTEGER PRIMARY KEY,
    vm_id INTEGER NOT NULL REFERENCES virtual_machine,
    name TEXT NOT NULL,          -- as the vCenter writes it
    shown_name TEXT NOT NULL,    -- as people see it
    first_seen_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX virtual_machine_name_by_vm ON virtual_machine_name (vm_id);
CREATE INDEX virtual_machine_name_by_name ON virtual_machine_name (shown_name);

-- The figures are updated in the transaction that appends polls, so that those of a killed run are true.
CREATE TABLE collection_run (
    id INTEGER PRIMARY KEY,            -- in the order in which runs began
    vcenter_id INTEGER NOT NULL REFERENCES vcenter,
    endpoint_id INTEGER NOT NULL REFERENCES endpoint,
    started_ms INTEGER NOT NULL,
    listed_ms INTEGER,                 -- when the list of VMs was complete; NULL if it never was
    finished_ms INTEGER,               -- NULL while running, and forever if it was killed: nobody saw its end
    outcome TEXT NOT NULL CHECK (outcome IN ('running', 'complete', 'partial', 'failed', 'interrupted')),
    failure TEXT,                      -- why it was cut short, or why its list of VMs is doubted
    vms INTEGER NOT NULL DEFAULT 0,    -- listed
    selection TEXT CHECK (selection IN ('all', 'filtered', 'chosen')),    -- which VMs were listed: all that the account sees, those that the configured filters accept, or those of --vm; NULL if none were
    is_whole INTEGER NOT NULL DEFAULT 0 CHECK (is_whole IN (0, 1)),    -- whether a VM that was not listed is gone
    polls INTEGER NOT NULL DEFAULT 0,
    failed_polls INTEGER NOT NULL DEFAULT 0,      -- polls that got no answer; a VM's own 403, 404 or 503 is an answer
    reported_polls INTEGER NOT NULL DEFAULT 0,    -- polls that got a status
    last_reported_ms INTEGER,                     -- the latest of those
    clock_offset_ms INTEGER,                      -- how far the vCenter's clock was ahead of ours; NULL if it sent no date
    sequence INTEGER NOT NULL DEFAULT 1,          -- one more than the number of earlier regular runs of its vCenter and endpoint
    is_regular INTEGER CHECK (is_regular IN (0, 1)),    -- whether poll_span counts it; NULL as long as its polls are not complete
    tool_version TEXT NOT NULL
) STRICT;
CREATE INDEX collection_run_by_source ON collection_run (vcenter_id, endpoint_id, started_ms);
CREATE INDEX collection_run_by_regularity ON collection_run (is_regular, vcenter_id, endpoint_id);

-- The answers to polls, each distinct answer once.
CREATE TABLE answer (
    id INTEGER PRIMARY KEY,
    sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),    -- over the columns from result to raw; see AnswerDigest.swift
    result TEXT NOT NULL,      -- 'reported', or why nothing was
    is_answer INTEGER NOT NULL CHECK (is_answer IN (0, 1)),    -- whether the question about the VM was answered: by a status, or by vCenter's own words about this VM
    http_status INTEGER,       -- NULL where no HTTP answer came
    status TEXT,               -- the vCenter's word; present if and only if result is 'reported'
    start_ms INTEGER,
    end_ms INTEGER,
    error_id TEXT,             -- of the failed customization, or of why nothing was reported
    error_message TEXT,        -- in the language of the session
    error_untranslated TEXT,   -- the same in English, by which errors are distinguished; NULL where it equals error_message
    raw ANY                    -- the body as received: TEXT, or BLOB where it is not UTF-8 or holds a NUL; NULL if none came
) STRICT;

-- One row for each VM and endpoint ever polled.
CREATE TABLE virtual_machine_endpoint (
    id INTEGER PRIMARY KEY,
    vm_id INTEGER NOT NULL REFERENCES virtual_machine,
    endpoint_id INTEGER NOT NULL REFERENCES endpoint,
    UNIQUE (vm_id, endpoint_id)
) STRICT;

-- When VMs were polled: the polls of one run and one commit on up to 64 VMs with neighbouring rows. A row of more than about 1 KB would
-- spill to overflow pages. `poll` at the end reads it.
CREATE TABLE poll_block (
    run_id INTEGER NOT NULL REFERENCES collection_run,
    block INTEGER NOT NULL,       -- the rows 64 * block to 64 * block + 63 of virtual_machine_endpoint, at the positions 0 to 63
    part INTEGER NOT NULL,        -- 0, 1 and so on, where several rows have polls of one run and block
    first_ms INTEGER NOT NULL,    -- its earliest poll
    digits INTEGER NOT NULL CHECK (digits BETWEEN 1 AND 13),
    offsets TEXT NOT NULL,        -- for each position up to the last poll, this many digits: milliseconds from first_ms to the poll; blanks if there is none
    PRIMARY KEY (run_id, block, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE block_position (position INTEGER PRIMARY KEY) STRICT;
INSERT INTO block_position (position)
WITH RECURSIVE p (position) AS (SELECT 0 UNION ALL SELECT position + 1 FROM p WHERE position < 63) SELECT position FROM p;

-- What VMs answered: from the poll of this run on, until the next row of the VM and endpoint.
CREATE TABLE answer_change (
    virtual_machine_endpoint_id INTEGER NOT NULL REFERENCES virtual_machine_endpoint,
    run_id INTEGER NOT NULL REFERENCES collection_run,
    answer_id INTEGER NOT NULL REFERENCES answer,
    PRIMARY KEY (virtual_machine_endpoint_id, run_id)
) STRICT, WITHOUT ROWID;

-- In which runs each VM was polled: in every regular run of its vCenter and endpoint from first_run_id to last_run_id. A run that
-- polled fewer VMs than it left out is not regular: there, each polled VM has a span of this one run. Can be rebuilt from poll_block.
CREATE TABLE poll_span (
    virtual_machine_endpoint_id INTEGER NOT NULL REFERENCES virtual_machine_endpoint,
    first_run_id INTEGER NOT NULL REFERENCES collection_run,
    last_run_id INTEGER REFERENCES collection_run,    -- NULL as long as no regular run has left the VM out
    PRIMARY KEY (virtual_machine_endpoint_id, first_run_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX poll_span_open ON poll_span (virtual_machine_endpoint_id) WHERE last_run_id IS NULL;

-- In which listings a VM was: in each one of its vCenter and endpoint from first_run_id on and before gone_run_id. A listing that is
-- not whole leaves VMs out but ends no span. A span that ends where it begins belongs to a VM that was polled but never listed.
CREATE TABLE virtual_machine_listing (
    virtual_machine_endpoint_id INTEGER NOT NULL REFERENCES virtual_machine_endpoint,
    first_run_id INTEGER NOT NULL REFERENCES collection_run,
    gone_run_id INTEGER REFERENCES collection_run,    -- the run, at either endpoint, whose whole listing no longer had the VM; NULL if none
    PRIMARY KEY (virtual_machine_endpoint_id, first_run_id)
) STRICT, WITHOUT ROWID;

-- A summary of the polls about each customization; it equals a fold over `poll`, `answer` and `virtual_machine_listing` and can be rebuilt from them. The checks
-- avoid IN, for which SQLite builds an index of the list in each statement: that took longer than the rest of an insert.
CREATE TABLE customization (
    id INTEGER PRIMARY KEY,
    virtual_machine_endpoint_id INTEGER NOT NULL REFERENCES virtual_machine_endpoint,
    identity_basis TEXT NOT NULL          -- 'first_poll' until an answer shows a time
        CHECK (identity_basis = 'start_time' OR identity_basis = 'end_time' OR identity_basis = 'first_poll'),
    identity_value INTEGER NOT NULL,      -- milliseconds; for 'first_poll' the run of that poll
    outcome TEXT NOT NULL
        CHECK (outcome = 'succeeded' OR outcome = 'failed' OR outcome = 'running' OR outcome = 'pending' OR outcome = 'other' OR outcome = 'lost'),
    start_ms INTEGER,
    end_ms INTEGER,
    end_first_polled_ms INTEGER,          -- the poll that first showed it finished; NULL if it is not
    first_polled_ms INTEGER NOT NULL,
    last_polled_ms INTEGER,               -- NULL while the VM's latest answer shows it; then see latest_poll
    polls INTEGER NOT NULL,               -- how many showed it; while last_polled_ms is NULL, without those from latest_answer.since_run_id on
    window_ms INTEGER,                    -- the instant by which it belongs to a report's window: end_ms or else end_first_polled_ms if it is finished, else last_polled_ms
    answer_id INTEGER NOT NULL REFERENCES answer,    -- the latest about it
    UNIQUE (virtual_machine_endpoint_id, identity_basis, identity_value)
) STRICT;
CREATE INDEX customization_by_window ON customization (window_ms);
-- There are few at a time: they are lost if their VM is gone.
CREATE INDEX customization_unfinished ON customization (virtual_machine_endpoint_id) WHERE outcome = 'running' OR outcome = 'pending';

-- The latest answer of each VM and endpoint ever polled. Changes only when the answer does. Can be rebuilt from `poll` and `answer`.
CREATE TABLE latest_answer (
    virtual_machine_endpoint_id INTEGER PRIMARY KEY REFERENCES virtual_machine_endpoint,
    answer_id INTEGER NOT NULL REFERENCES answer,
    since_run_id INTEGER NOT NULL REFERENCES collection_run,    -- the run that first got it, or got it again after the VM was gone
    last_reported_ms INTEGER,     -- the latest poll before since_run_id that got a status; NULL if there is none
    customization_id INTEGER REFERENCES customization    -- the current one, lost or not: the latest definite answer was about it; NULL if there is none
) STRICT;

-- The metrics' totals never decrease, although the rows behind them may: a customization is corrected, all of them are rebuilt, runs
-- are pruned. So triggers add up here what was once seen, and nothing is ever subtracted.
CREATE TABLE finished_total (
    vcenter_id INTEGER NOT NULL REFERENCES vcenter ON DELETE CASCADE,
    endpoint_id INTEGER NOT NULL REFERENCES endpoint,
    outcome TEXT NOT NULL CHECK (outcome = 'succeeded' OR outcome = 'failed'),
    bound_seconds INTEGER NOT NULL,    -- the lowest duration_bound that they did not exceed; 0: they have no duration, -1: they exceed all
    customizations INTEGER NOT NULL,
    seconds REAL NOT NULL,             -- the sum of their durations
    PRIMARY KEY (vcenter_id, endpoint_id, outcome, bound_seconds)
) STRICT, WITHOUT ROWID;

-- Customizations take seconds to minutes, and hours when they hang.
CREATE TABLE duration_bound (seconds INTEGER PRIMARY KEY) STRICT;
INSERT INTO duration_bound (seconds)
VALUES (5), (10), (20), (30), (45), (60), (90), (120), (180), (300), (600), (1200), (1800), (3600), (7200), (14400);

CREATE TRIGGER customization_finished AFTER INSERT ON customization
WHEN NEW.outcome = 'succeeded' OR NEW.outcome = 'failed'
BEGIN
    INSERT INTO finished_total (vcenter_id, endpoint_id, outcome, bound_seconds, customizations, seconds)
    SELECT v.vcenter_id, m.endpoint_id, NEW.outcome,
        iif(NEW.end_ms >= NEW.start_ms, coalesce((SELECT min(seconds) FROM duration_bound WHERE seconds * 1000 >= NEW.end_ms - NEW.start_ms), -1), 0),
        1, iif(NEW.end_ms >= NEW.start_ms, (NEW.end_ms - NEW.start_ms) / 1000.0, 0.0)
    FROM virtual_machine_endpoint AS m JOIN virtual_machine AS v ON v.id = m.vm_id
    WHERE m.id = NEW.virtual_machine_endpoint_id
    ON CONFLICT DO UPDATE SET customizations = customizations + 1, seconds = seconds + excluded.seconds;
END;

CREATE TRIGGER customization_finished_later AFTER UPDATE OF outcome ON customization
WHEN (NEW.outcome = 'succeeded' OR NEW.outcome = 'failed') AND NEW.outcome <> OLD.outcome
BEGIN
    INSERT INTO finished_total (vcenter_id, endpoint_id, outcome, bound_seconds, customizations, seconds)
    SELECT v.vcenter_id, m.endpoint_id, NEW.outcome,
        iif(NEW.end_ms >= NEW.start_ms, coalesce((SELECT min(seconds) FROM duration_bound WHERE seconds * 1000 >= NEW.end_ms - NEW.start_ms), -1), 0),
        1, iif(NEW.end_ms >= NEW.start_ms, (NEW.end_ms - NEW.start_ms) / 1000.0, 0.0)
    FROM virtual_machine_endpoint AS m JOIN virtual_machine AS v ON v.id = m.vm_id
    WHERE m.id = NEW.virtual_machine_endpoint_id
    ON CONFLICT DO UPDATE SET customizations = customizations + 1, seconds = seconds + excluded.seconds;
END;

-- Totals of runs that are no longer in collection_run.
CREATE TABLE pruned_run_total (
    vcenter_id INTEGER NOT NULL REFERENCES vcenter ON DELETE CASCADE,
    endpoint_id INTEGER NOT NULL REFERENCES endpoint,
    outcome TEXT NOT NULL,
    runs INTEGER NOT NULL,
    polls INTEGER NOT NULL,
    failed_polls INTEGER NOT NULL,
    PRIMARY KEY (vcenter_id, endpoint_id, outcome)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER collection_run_pruned AFTER DELETE ON collection_run
BEGIN
    INSERT INTO pruned_run_total (vcenter_id, endpoint_id, outcome, runs, polls, failed_polls)
    VALUES (OLD.vcenter_id, OLD.endpoint_id, OLD.outcome, 1, OLD.polls, OLD.failed_polls)
    ON CONFLICT DO UPDATE SET runs = runs + 1, polls = polls + excluded.polls, failed_polls = failed_polls + excluded.failed_polls;
END;

-- Times are shown as text in UTC. One outside of the years 0 to 9999, which strftime() does not know, is shown in milliseconds.

CREATE VIEW listed_virtual_machine AS
SELECT
    m.vm_id AS vm_id            -- row of virtual_machine: each VM that was listed, and that no later whole listing found gone
FROM virtual_machine_listing AS l
JOIN virtual_machine_endpoint AS m ON m.id = l.virtual_machine_endpoint_id
WHERE l.gone_run_id IS NULL
GROUP BY m.vm_id;

-- Every poll, read from poll_block and answer_change. The first two conditions on m say the same, for queries that begin with polls and
-- for those that begin with VMs.
CREATE VIEW poll AS
SELECT
    b.run_id AS run_id,         -- row of collection_run
    m.id AS virtual_machine_endpoint_id,    -- row of virtual_machine_endpoint
    m.vm_id AS vm_id,           -- row of virtual_machine
    b.first_ms + substr(b.offsets, p.position * b.digits + 1, b.digits) AS polled_ms,    -- when the request was sent
    (
        SELECT answer_id FROM answer_change
        WHERE virtual_machine_endpoint_id = m.id AND run_id <= b.run_id ORDER BY run_id DESC LIMIT 1
    ) AS answer_id              -- row of answer
FROM poll_block AS b
JOIN block_position AS p
JOIN virtual_machine_endpoint AS m ON m.id = b.block * 64 + p.position AND b.block = m.id / 64 AND p.position = m.id % 64
WHERE substr(b.offsets, p.position * b.digits + 1, 1) >= '0';

-- In which runs each VM was polled, except those whose polls are not complete: poll_span with the ends of all spans.
CREATE VIEW polled_runs AS
SELECT
    s.virtual_machine_endpoint_id AS virtual_machine_endpoint_id,    -- row of virtual_machine_endpoint
    l.id AS last_run_id,             -- the last run
    f.sequence AS first_sequence,    -- the sequence of the first run
    l.sequence AS last_sequence      -- the sequence of the last run
FROM poll_span AS s
JOIN collection_run AS f ON f.id = s.first_run_id
JOIN collection_run AS l ON l.id = ifnull(s.last_run_id, (
    SELECT max(r.id) FROM collection_run AS r
    WHERE r.is_regular = 1 AND r.vcenter_id = f.vcenter_id AND r.endpoint_id = f.endpoint_id
))
WHERE l.id >= f.id;

-- The polls of runs whose polls are not complete.
CREATE VIEW current_poll AS
SELECT
    p.virtual_machine_endpoint_id AS virtual_machine_endpoint_id,    -- row of virtual_machine_endpoint
    r.id AS run_id              -- row of collection_run
FROM collection_run AS r
JOIN poll AS p ON p.run_id = r.id
WHERE r.is_regular IS NULL;

-- The latest poll of each VM and endpoint.
CREATE VIEW latest_poll AS
SELECT
    a.virtual_machine_endpoint_id AS virtual_machine_endpoint_id,    -- row of virtual_machine_endpoint
    p.run_id AS run_id,         -- row of collection_run
    p.polled_ms AS polled_ms,   -- when its request was sent
    ifnull((
        SELECT sum(s.last_sequence - max(s.first_sequence, r.sequence) + 1) FROM polled_runs AS s
        WHERE s.virtual_machine_endpoint_id = a.virtual_machine_endpoint_id AND s.last_run_id >= r.id
    ), 0) + (
        SELECT count(*) FROM current_poll AS t WHERE t.virtual_machine_endpoint_id = a.virtual_machine_endpoint_id
    ) AS polls                  -- how many polls got its answer, from latest_answer.since_run_id on
FROM latest_answer AS a
JOIN collection_run AS r ON r.id = a.since_run_id
JOIN poll AS p ON p.virtual_machine_endpoint_id = a.virtual_machine_endpoint_id AND p.run_id = ifnull(
    (SELECT max(t.run_id) FROM current_poll AS t WHERE t.virtual_machine_endpoint_id = a.virtual_machine_endpoint_id),
    (SELECT max(s.last_run_id) FROM polled_runs AS s WHERE s.virtual_machine_endpoint_id = a.virtual_machine_endpoint_id)
);

-- The latest poll of each VM and endpoint that got a status.
CREATE VIEW last_report AS
SELECT
    a.virtual_machine_endpoint_id AS virtual_machine_endpoint_id,    -- row of virtual_machine_endpoint
    iif(o.result = 'reported', (
        SELECT p.polled_ms FROM latest_poll AS p WHERE p.virtual_machine_endpoint_id = a.virtual_machine_endpoint_id
    ), a.last_reported_ms)
        AS last_reported_ms     -- when its request was sent; NULL if there is none
FROM latest_answer AS a
JOIN answer AS o ON o.id = a.answer_id;

CREATE VIEW poll_history AS
SELECT
    r.id AS run_id,                 -- number of the collection run
    c.name AS vcenter,              -- name of the vCenter
    v.moid AS vm,                   -- managed object id of the VM
    v.shown_name AS vm_name,        -- latest known name of the VM, as people see it
    e.name AS endpoint,             -- customization-live or customization
    CAST(ifnull(strftime('%Y-%m-%dT%H:%M:%fZ', p.polled_ms / 1000.0, 'unixepoch'), p.polled_ms) AS TEXT)
        AS polled_at,               -- when the question was asked, by this program's clock
    a.result AS result,             -- reported, or why nothing was: not_found, unauthorized, unauthenticated, unavailable, timed_out, unreachable, invalid
    a.status AS status,             -- the vCenter's word; NULL if nothing was reported
    CAST(ifnull(strftime('%Y-%m-%dT%H:%M:%fZ', a.start_ms / 1000.0, 'unixepoch'), a.start_ms) AS TEXT)
        AS start_time,              -- when the customization began, by the server's clock
    CAST(ifnull(strftime('%Y-%m-%dT%H:%M:%fZ', a.end_ms / 1000.0, 'unixepoch'), a.end_ms) AS TEXT)
        AS end_time,                -- when it ended, by the server's clock
    a.error_id AS error_id,         -- identifier of the error: of the failed customization, or of why nothing was reported
    a.error_message AS error_message,    -- the same error's text
    a.http_status AS http_status,   -- HTTP status code; NULL where no HTTP answer came
    p.answer_id AS answer_id        -- number of the answer in answer_history
FROM poll AS p
JOIN virtual_machine AS v ON v.id = p.vm_id
JOIN vcenter AS c ON c.id = +v.vcenter_id         -- the + keeps these two from deciding the order in which tables are read
JOIN collection_run AS r ON r.id = p.run_id
JOIN endpoint AS e ON e.id = +r.endpoint_id
LEFT JOIN answer AS a ON a.id = p.answer_id;

CREATE VIEW answer_history AS
SELECT
    a.id AS answer_id,              -- number of the answer: each distinct answer occurs once
    a.result AS result,             -- reported, or why nothing was
    a.http_status AS http_status,   -- HTTP status code; NULL where no HTTP answer came
    a.status AS status,             -- the vCenter's word; NULL if nothing was reported
    CAST(ifnull(strftime('%Y-%m-%dT%H:%M:%fZ', a.start_ms / 1000.0, 'unixepoch'), a.start_ms) AS TEXT)
        AS start_time,              -- when the customization began, by the server's clock
    CAST(ifnull(strftime('%Y-%m-%dT%H:%M:%fZ', a.end_ms / 1000.0, 'unixepoch'), a.end_ms) AS TEXT)
        AS end_time,                -- when it ended, by the server's clock
    a.error_id AS error_id,         -- identifier of the error
    a.error_message AS error_message,    -- the same error's text
    a.raw AS body,                  -- the body as received: text, or a BLOB if it is not UTF-8 or contains a NUL; NULL if none came
    CAST(lower(hex(a.sha256)) AS TEXT) AS sha256    -- of the columns of the table answer, from result to raw
FROM answer AS a;

CREATE VIEW customization_history AS
SELECT
    c.name AS vcenter,          -- name of the vCenter
    v.moid AS vm,               -- managed object id of the VM
    v.shown_name AS vm_name,    -- latest known name of the VM, as people see it
    e.name AS endpoint,         -- customization-live or customization
    u.outcome AS outcome,       -- succeeded, failed, running, pending, other (a status word not known) or lost (it ended unseen)
    CAST(ifnull(strftime('%Y-%m-%dT%H:%M:%fZ', u.start_ms / 1000.0, 'unixepoch'), u.start_ms) AS TEXT)
        AS start_time,          -- when it began, by the server's clock
    CAST(ifnull(strftime('%Y-%m-%dT%H:%M:%fZ', u.end_ms / 1000.0, 'unixepoch'), u.end_ms) AS TEXT)
        AS end_time,            -- when it ended, by the server's clock
    CAST(CASE WHEN u.outcome IN ('succeeded', 'failed') THEN (u.end_ms - u.start_ms) / 1000.0 END AS REAL)
        AS duration_seconds,    -- end_time minus start_time of a finished one; a negative one is a fault of the server's clock
    a.error_id AS error_id,     -- identifier of the error in the latest answer about it
    a.error_message AS error_message,    -- the same error's text
    CAST(ifnull(strftime('%Y-%m-%dT%H:%M:%fZ', u.first_polled_ms / 1000.0, 'unixepoch'), u.first_polled_ms) AS TEXT)
        AS first_polled_at,     -- the first poll that showed it
    CAST(strftime('%Y-%m-%dT%H:%M:%fZ', ifnull(u.last_polled_ms, (
        SELECT l.polled_ms FROM latest_poll AS l WHERE l.virtual_machine_endpoint_id = m.id
    )) / 1000.0, 'unixepoch') AS TEXT)
        AS last_polled_at,      -- the latest poll that showed it
    CAST(u.polls + iif(u.last_polled_ms IS NULL, (
        SELECT l.polls FROM latest_poll AS l WHERE l.virtual_machine_endpoint_id = m.id
    ), 0) AS INTEGER)
        AS polls                -- how many polls showed it
FROM customization AS u
JOIN virtual_machine_endpoint AS m ON m.id = u.virtual_machine_endpoint_id
JOIN endpoint AS e ON e.id = m.endpoint_id
JOIN virtual_machine AS v ON v.id = m.vm_id
JOIN vcenter AS c ON c.id = v.vcenter_id
LEFT JOIN answer AS a ON a.id = u.answer_id;

CREATE VIEW latest_error AS
SELECT
    c.name AS vcenter,          -- name of the vCenter
    v.moid AS vm,               -- managed object id of the VM
    v.shown_name AS vm_name,    -- latest known name of the VM, as people see it
    e.name AS endpoint,         -- customization-live or customization
    a.error_id AS error_id,     -- identifier of the error of the VM's most recently ended failed customization; NULL if it had none
    a.error_message AS error_message,    -- the same error's text; NULL if it had none
    a.error_untranslated AS error_untranslated,    -- the same text in English; NULL where error_message is it
    CAST(ifnull(strftime('%Y-%m-%dT%H:%M:%fZ', f.window_ms / 1000.0, 'unixepoch'), f.window_ms) AS TEXT)
        AS failed_at,           -- when that customization ended
    CAST(ifnull(strftime('%Y-%m-%dT%H:%M:%fZ', f.recovered_ms / 1000.0, 'unixepoch'), f.recovered_ms) AS TEXT)
        AS recovered_at,        -- when the first later one that succeeded ended; NULL: none did
    CAST(v.id IN (SELECT vm_id FROM listed_virtual_machine) AS INTEGER)
        AS is_listed            -- 1, or 0 if the VM is gone: the latest whole listing of its vCenter no longer had it
FROM (
    SELECT
        m.vm_id, m.endpoint_id, u.answer_id, u.window_ms,
        row_number() OVER (PARTITION BY m.vm_id ORDER BY u.window_ms DESC, u.id DESC) AS latest,
        (
            SELECT min(s.window_ms)
            FROM virtual_machine_endpoint AS n
            JOIN customization AS s ON s.virtual_machine_endpoint_id = n.id
            WHERE n.vm_id = m.vm_id AND s.outcome = 'succeeded' AND s.window_ms > u.window_ms
        ) AS recovered_ms
    FROM customization AS u
    JOIN virtual_machine_endpoint AS m ON m.id = u.virtual_machine_endpoint_id
    WHERE u.outcome = 'failed'
) AS f
JOIN endpoint AS e ON e.id = f.endpoint_id
JOIN virtual_machine AS v ON v.id = f.vm_id
JOIN vcenter AS c ON c.id = v.vcenter_id
LEFT JOIN answer AS a ON a.id = f.answer_id
WHERE f.latest = 1;

CREATE VIEW virtual_machine_history AS
SELECT
    c.name AS vcenter,          -- name of the vCenter
    v.moid AS vm,               -- managed object id of the VM
    v.shown_name AS vm_name,    -- latest known name of the VM, as people see it
    v.instance_uuid AS instance_uuid,    -- its instance UUID, which survives a new registration; NULL while unknown
    CAST((
        SELECT strftime('%Y-%m-%dT%H:%M:%fZ', min(r.listed_ms) / 1000.0, 'unixepoch')
        FROM virtual_machine_endpoint AS m JOIN virtual_machine_listing AS l ON l.virtual_machine_endpoint_id = m.id
        JOIN collection_run AS r ON r.id = l.first_run_id WHERE m.vm_id = v.id
    ) AS TEXT) AS first_listed_at,    -- when a listing first had it; NULL if none did
    CAST((
        SELECT strftime('%Y-%m-%dT%H:%M:%fZ', max(r.listed_ms) / 1000.0, 'unixepoch')
        FROM virtual_machine_endpoint AS m JOIN virtual_machine_listing AS l ON l.virtual_machine_endpoint_id = m.id
        JOIN collection_run AS r ON r.id = (
            SELECT max(q.id) FROM collection_run AS q
            WHERE q.vcenter_id = v.vcenter_id AND q.endpoint_id = m.endpoint_id AND q.id >= l.first_run_id
                AND q.id < ifnull(l.gone_run_id, 9223372036854775807) AND q.is_whole = 1
        ) WHERE m.vm_id = v.id
    ) AS TEXT) AS last_listed_at,     -- when a whole listing last had it; NULL if none did
    CAST(v.id IN (SELECT vm_id FROM listed_virtual_machine) AS INTEGER)
        AS is_listed,           -- 1, or 0 if the VM is gone: the latest whole listing of its vCenter no longer had it
    CAST((
        SELECT strftime('%Y-%m-%dT%H:%M:%fZ', max(l.last_reported_ms) / 1000.0, 'unixepoch')
        FROM virtual_machine_endpoint AS m JOIN last_report AS l ON l.virtual_machine_endpoint_id = m.id WHERE m.vm_id = v.id
    ) AS TEXT) AS last_reported_at,   -- the latest poll that got a status; NULL if none did
    CAST((
        SELECT group_concat(shown_name, ', ') FROM (SELECT shown_name FROM virtual_machine_name WHERE vm_id = v.id ORDER BY id)
    ) AS TEXT) AS names         -- all its names in order, separated by commas
FROM virtual_machine AS v
JOIN vcenter AS c ON c.id = v.vcenter_id;

CREATE VIEW collection_run_history AS
SELECT
    r.id AS run_id,             -- number of the run; runs are numbered in the order in which they began
    c.name AS vcenter,          -- name of the vCenter
    e.name AS endpoint,         -- customization-live or customization
    CAST(ifnull(strftime('%Y-%m-%dT%H:%M:%fZ', r.started_ms / 1000.0, 'unixepoch'), r.started_ms) AS TEXT)
        AS started_at,          -- when it began, by this program's clock
    CAST(ifnull(strftime('%Y-%m-%dT%H:%M:%fZ', r.finished_ms / 1000.0, 'unixepoch'), r.finished_ms) AS TEXT)
        AS finished_at,         -- when it ended; NULL while it runs, and for one that was killed
    r.outcome AS outcome,       -- running, complete, partial (some VMs gave no answer, or could not be polled), failed (nothing could be polled) or interrupted
    r.vms AS vms,               -- VMs in its listing
    r.polls AS polls,           -- polls recorded
    r.failed_polls AS failed_polls,    -- polls that got no answer; a VM's own 403, 404 or 503 is an answer
    r.failure AS failure,       -- why it was cut short, or why its list of VMs is doubted; NULL if there is no reason to
    CAST(r.clock_offset_ms / 1000.0 AS REAL)
        AS clock_offset_seconds,       -- how far the vCenter's clock was ahead of this program's; NULL if it sent no date
    r.tool_version AS tool_version     -- version of the program that ran it
FROM collection_run AS r
JOIN endpoint AS e ON e.id = r.endpoint_id
JOIN vcenter AS c ON c.id = r.vcenter_id;

-- What the query planner would otherwise guess wrong: polls of one VM are found by run and block, all others are read in order. It takes
-- effect when the file is opened again.
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('block_position', NULL, '64'),
    ('virtual_machine_endpoint', 'sqlite_autoindex_virtual_machine_endpoint_1', '1000000 1 1'),
    ('poll_block', 'poll_block', '1000000 100 1 1');
