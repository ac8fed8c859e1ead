-- Why: the tables store polls so that they take little space; auditors read them as rows, with times as text, by plain SQL.
--
-- The views whose comments begin with "Public:" are a public contract: their names and columns do not change. The other views are parts of
-- these and may change. This file is frozen once shipped.
--
-- Times are shown as text in UTC. One outside of the years 0 to 9999, which strftime() does not know, is shown in milliseconds.

-- Public: one row for each VM that is not gone.
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
    m.endpoint_id AS endpoint_id,    -- row of endpoint
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

-- The latest poll of each VM and endpoint. If it was removed, its instant is in the baseline (see the file on retention).
CREATE VIEW latest_poll AS
SELECT
    l.virtual_machine_endpoint_id AS virtual_machine_endpoint_id,    -- row of virtual_machine_endpoint
    l.run_id AS run_id,         -- row of collection_run
    ifnull((
        SELECT p.polled_ms FROM poll AS p WHERE p.run_id = l.run_id AND p.virtual_machine_endpoint_id = l.virtual_machine_endpoint_id
    ), (
        SELECT b.polled_ms FROM baseline_answer AS b
        WHERE b.virtual_machine_endpoint_id = l.virtual_machine_endpoint_id AND b.polled_run_id = l.run_id
            AND b.prune_id = (SELECT max(id) FROM prune WHERE leaf IS NOT NULL)
    )) AS polled_ms,            -- when its request was sent
    ifnull((
        SELECT sum(s.last_sequence - max(s.first_sequence, l.since_sequence) + 1) FROM polled_runs AS s
        WHERE s.virtual_machine_endpoint_id = l.virtual_machine_endpoint_id AND s.last_run_id >= l.since_run_id
    ), 0) + (
        SELECT count(*) FROM current_poll AS t WHERE t.virtual_machine_endpoint_id = l.virtual_machine_endpoint_id
    ) AS polls                  -- how many polls got its answer, from latest_answer.since_run_id on
FROM (
    SELECT
        a.virtual_machine_endpoint_id, a.since_run_id, r.sequence AS since_sequence,
        ifnull(
            (SELECT max(t.run_id) FROM current_poll AS t WHERE t.virtual_machine_endpoint_id = a.virtual_machine_endpoint_id),
            (SELECT max(s.last_run_id) FROM polled_runs AS s WHERE s.virtual_machine_endpoint_id = a.virtual_machine_endpoint_id)
        ) AS run_id
    FROM latest_answer AS a
    JOIN collection_run AS r ON r.id = a.since_run_id
) AS l;

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

-- Public: one row for each poll. It names the runs of the VM's vCenter and endpoint, although the poll's run is one of them, so that one
-- VM's polls are looked up in these only, and not in those of all vCenters. Each + keeps its column from deciding the order in which
-- tables are read.
CREATE VIEW poll_history AS
SELECT
    p.run_id AS run_id,             -- number of the collection run
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
    a.id AS answer_id               -- number of the answer in answer_history
FROM poll AS p
JOIN virtual_machine AS v ON v.id = p.vm_id
JOIN collection_run AS r ON r.id = p.run_id AND r.vcenter_id = +v.vcenter_id AND r.endpoint_id = +p.endpoint_id
JOIN vcenter AS c ON c.id = +v.vcenter_id
JOIN endpoint AS e ON e.id = +p.endpoint_id
LEFT JOIN answer AS a ON a.id = p.answer_id;

-- Public: one row for each distinct answer.
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

-- Public: one row for each customization.
CREATE VIEW customization_history AS
SELECT
    c.name AS vcenter,          -- name of the vCenter
    v.moid AS vm,               -- managed object id of the VM
    v.shown_name AS vm_name,    -- latest known name of the VM, as people see it
    e.name AS endpoint,         -- customization-live, customization or events
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
        AS first_polled_at,     -- the first poll that showed it; if events tell of it, when the first of them was created
    CAST(strftime('%Y-%m-%dT%H:%M:%fZ', ifnull(u.last_polled_ms, (
        SELECT l.polled_ms FROM latest_poll AS l WHERE l.virtual_machine_endpoint_id = m.id
    )) / 1000.0, 'unixepoch') AS TEXT)
        AS last_polled_at,      -- the latest poll that showed it; if events tell of it, when its outcome was last known
    CAST(u.polls + iif(u.last_polled_ms IS NULL, (
        SELECT l.polls FROM latest_poll AS l WHERE l.virtual_machine_endpoint_id = m.id
    ), 0) AS INTEGER)
        AS polls,               -- how many polls showed it; 0 if events tell of it
    CAST(u.same_as IS NULL AS INTEGER)
        AS is_counted,          -- 1, or 0 if another row tells of the same customization, and is counted instead
    (
        SELECT f.name FROM customization AS o
        JOIN virtual_machine_endpoint AS n ON n.id = o.virtual_machine_endpoint_id JOIN endpoint AS f ON f.id = n.endpoint_id
        WHERE o.id = u.same_as OR o.same_as = u.id
    )
        AS also_seen_by,        -- endpoint of the other row that tells of the same customization; NULL if there is none
    CAST(CASE WHEN u.outcome IN ('succeeded', 'failed') THEN
        ifnull(strftime('%Y-%m-%dT%H:%M:%fZ', u.window_ms / 1000.0, 'unixepoch'), u.window_ms)
    END AS TEXT)
        AS ended_at,            -- when a finished one ended: end_time, or if the server left that out, the poll that first showed the end
    v.instance_uuid AS instance_uuid    -- of the VM; tells VMs apart that had the same managed object id; NULL while unknown
FROM customization AS u
JOIN virtual_machine_endpoint AS m ON m.id = u.virtual_machine_endpoint_id
JOIN endpoint AS e ON e.id = m.endpoint_id
JOIN virtual_machine AS v ON v.id = m.vm_id
JOIN vcenter AS c ON c.id = v.vcenter_id
LEFT JOIN answer AS a ON a.id = u.answer_id;

-- Public: one row for each VM with a failed customization: the error of the one that ended last.
CREATE VIEW latest_error AS
SELECT
    c.name AS vcenter,          -- name of the vCenter
    v.moid AS vm,               -- managed object id of the VM
    v.shown_name AS vm_name,    -- latest known name of the VM, as people see it
    e.name AS endpoint,         -- customization-live, customization or events
    a.error_id AS error_id,     -- identifier of the error of the VM's most recently ended failed customization; NULL if it had none
    a.error_message AS error_message,    -- the same error's text; NULL if it had none
    a.error_untranslated AS error_untranslated,    -- the same text in English; NULL where error_message is it
    CAST(ifnull(strftime('%Y-%m-%dT%H:%M:%fZ', f.window_ms / 1000.0, 'unixepoch'), f.window_ms) AS TEXT)
        AS failed_at,           -- when that customization ended
    CAST(ifnull(strftime('%Y-%m-%dT%H:%M:%fZ', f.recovered_ms / 1000.0, 'unixepoch'), f.recovered_ms) AS TEXT)
        AS recovered_at,        -- when the first later one that succeeded ended; NULL: none did
    CAST(EXISTS (
        SELECT 1 FROM virtual_machine_endpoint AS m JOIN virtual_machine_listing AS l ON l.virtual_machine_endpoint_id = m.id
        WHERE m.vm_id = v.id AND l.gone_run_id IS NULL
    ) AS INTEGER)
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
    WHERE u.outcome = 'failed' AND u.same_as IS NULL
) AS f
JOIN endpoint AS e ON e.id = f.endpoint_id
JOIN virtual_machine AS v ON v.id = f.vm_id
JOIN vcenter AS c ON c.id = v.vcenter_id
LEFT JOIN answer AS a ON a.id = f.answer_id
WHERE f.latest = 1;

-- Public: one row for each VM.
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
    CAST(EXISTS (
        SELECT 1 FROM virtual_machine_endpoint AS m JOIN virtual_machine_listing AS l ON l.virtual_machine_endpoint_id = m.id
        WHERE m.vm_id = v.id AND l.gone_run_id IS NULL
    ) AS INTEGER)
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

-- Public: one row for each collection run.
CREATE VIEW collection_run_history AS
SELECT
    r.id AS run_id,             -- number of the run; runs are numbered in the order in which they began
    c.name AS vcenter,          -- name of the vCenter
    e.name AS endpoint,         -- customization-live, customization or events
    CAST(ifnull(strftime('%Y-%m-%dT%H:%M:%fZ', r.started_ms / 1000.0, 'unixepoch'), r.started_ms) AS TEXT)
        AS started_at,          -- when it began, by this program's clock
    CAST(ifnull(strftime('%Y-%m-%dT%H:%M:%fZ', r.finished_ms / 1000.0, 'unixepoch'), r.finished_ms) AS TEXT)
        AS finished_at,         -- when it ended; NULL while it runs, and for one that was killed
    r.outcome AS outcome,       -- running, complete, partial (some VMs gave no answer, or could not be polled), failed (nothing could be polled) or interrupted
    r.vms AS vms,               -- VMs in its listing
    r.polls AS polls,           -- polls recorded
    r.failed_polls AS failed_polls,    -- polls that got no answer; a VM's own 403, 404 or 503 is an answer
    r.events AS events,         -- events recorded
    r.failure AS failure,       -- why it was cut short, or why its list of VMs is doubted; NULL if there is no reason to
    CAST(r.clock_offset_ms / 1000.0 AS REAL)
        AS clock_offset_seconds,       -- how far the vCenter's clock was ahead of this program's; NULL if it sent no date
    r.tool_version AS tool_version,    -- version of the program that ran it
    r.collector AS collector           -- who ran it: user@host; NULL if that is not known
FROM collection_run AS r
JOIN endpoint AS e ON e.id = r.endpoint_id
JOIN vcenter AS c ON c.id = r.vcenter_id;

-- What the query planner would otherwise guess wrong: polls of one VM are found by run and block, all others are read in order. With
-- fewer VMs than a billion, SQLite 3.54 would go through all VMs for the latter. It takes effect when the file is opened again.
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('block_position', NULL, '64'),
    ('virtual_machine', 'virtual_machine_by_name', '1000000000 2'),
    ('virtual_machine', 'virtual_machine_by_id', '1000000000 2'),
    ('virtual_machine_endpoint', 'sqlite_autoindex_virtual_machine_endpoint_1', '1000000000 1 1'),
    ('collection_run', 'collection_run_by_source', '100000 20000 20000 1'),
    ('poll_block', 'poll_block', '1000000 100 1 1');
