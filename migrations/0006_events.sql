-- Why: vCenter's own log tells of customizations from before this program came, and who asked for them. Each event is kept as it came, once
-- for each run that read it, and sealed with the run. What the events come to is in `customization`, beside what polls saw of it.
--
-- This file is frozen once shipped.

-- Events about customizations, in the order in which they were read.
CREATE TABLE event (
    id INTEGER PRIMARY KEY,    -- in the order of reading
    run_id INTEGER NOT NULL REFERENCES collection_run,    -- row of collection_run: the run that read it
    virtual_machine_endpoint_id INTEGER REFERENCES virtual_machine_endpoint,    -- row of virtual_machine_endpoint; NULL if the event names no VM
    event_key INTEGER NOT NULL,    -- the vCenter's number of the event
    generation INTEGER NOT NULL,   -- how often the vCenter had begun to use keys again, because it was restored from a backup
    answer_id INTEGER NOT NULL REFERENCES answer    -- its content, in a row of answer: status is its class, start_ms or end_ms when it was created
) STRICT;
CREATE INDEX event_by_run ON event (run_id);
CREATE INDEX event_by_vm ON event (virtual_machine_endpoint_id, event_key);

-- How far the events of each vCenter were read. Bookkeeping of the program's own.
CREATE TABLE event_reading (
    vcenter_id INTEGER PRIMARY KEY REFERENCES vcenter ON DELETE CASCADE,    -- row of vcenter
    event_key INTEGER,             -- the greatest key read; NULL if none was
    event_ms INTEGER,              -- when the event with that key was created, or from when on events are read
    generation INTEGER NOT NULL,   -- as in event
    complete_since_ms INTEGER,     -- all events from then on were read; NULL if all that the vCenter had were
    read_ms INTEGER NOT NULL,      -- when they were last read, by this program's clock
    backfill_since_ms INTEGER,     -- where an unfinished backfill began; NULL if it reads all
    backfill_key INTEGER,          -- the greatest key that it read; NULL if none was
    backfill_ms INTEGER            -- when that event was created; NULL if there is no unfinished backfill
) STRICT;

-- How far apart events and polls may put the end of one customization; one row. A setting: `history rebuild --event-tolerance`.
CREATE TABLE event_matching (
    id INTEGER PRIMARY KEY CHECK (id = 1),    -- 1
    tolerance_ms INTEGER NOT NULL CHECK (tolerance_ms BETWEEN 0 AND 86400000)    -- milliseconds
) STRICT;
INSERT INTO event_matching VALUES (1, 300000);

CREATE TRIGGER event_is_kept BEFORE DELETE ON event WHEN NOT EXISTS (SELECT 1 FROM amendment_under_way)
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER event_is_not_changed BEFORE UPDATE ON event WHEN NOT EXISTS (SELECT 1 FROM amendment_under_way)
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;

-- Every event once, although several runs may have read it.
CREATE VIEW distinct_event AS
SELECT
    e.id AS id,                 -- row of event: the first that has it
    e.run_id AS run_id,         -- row of collection_run
    e.virtual_machine_endpoint_id AS virtual_machine_endpoint_id,    -- row of virtual_machine_endpoint; NULL if the event names no VM
    e.event_key AS event_key,   -- the vCenter's number of the event
    e.generation AS generation, -- as in event
    e.answer_id AS answer_id,   -- row of answer
    iif(typeof(a.raw) = 'text', iif(json_valid(a.raw), a.raw, NULL), NULL)
        AS json                 -- its content; NULL if it is not readable as JSON
FROM event AS e
JOIN answer AS a ON a.id = e.answer_id
WHERE NOT EXISTS (
    SELECT 1 FROM event AS d
    WHERE d.virtual_machine_endpoint_id IS e.virtual_machine_endpoint_id AND d.event_key = e.event_key AND d.answer_id = e.answer_id AND d.id < e.id
);

-- The VM of each event. In two parts, so that the events of one VM are found by its index.
CREATE VIEW event_subject AS
SELECT
    e.id AS event_id,           -- row of event
    CAST(NULL AS TEXT) AS vm,   -- managed object id of the VM; NULL if the event names none
    CAST(NULL AS TEXT) AS vm_name    -- latest known name of the VM, as people see it
FROM event AS e
WHERE e.virtual_machine_endpoint_id IS NULL
UNION ALL
SELECT e.id, v.moid, v.shown_name
FROM event AS e
JOIN virtual_machine_endpoint AS m ON m.id = e.virtual_machine_endpoint_id
JOIN virtual_machine AS v ON v.id = m.vm_id;

-- Public: one row for each of vCenter's events about customizations.
CREATE VIEW event_history AS
SELECT
    e.run_id AS run_id,         -- number of the collection run that read it
    c.name AS vcenter,          -- name of the vCenter
    s.vm AS vm,                 -- managed object id of the VM; NULL if the event names none
    s.vm_name AS vm_name,       -- latest known name of the VM, as people see it
    e.event_key AS event_key,   -- the vCenter's number of the event
    a.status AS type,           -- class of the event, such as CustomizationSucceeded
    CAST(strftime('%Y-%m-%dT%H:%M:%fZ', ifnull(a.start_ms, a.end_ms) / 1000.0, 'unixepoch') AS TEXT)
        AS created_at,          -- when it was created, by the vCenter's clock
    a.error_id AS error_id,     -- vCenter's word for the reason, else the event's class; NULL unless it tells of a failure
    a.error_message AS error_message,    -- the event as text; NULL unless it tells of a failure
    CAST(e.json ->> '$.userName' AS TEXT) AS user_name,          -- who asked for the customization
    CAST(e.json ->> '$.logLocation' AS TEXT) AS log_location,    -- the guest's log
    CAST(e.json ->> '$.host.name' AS TEXT) AS host,              -- where the VM ran then
    CAST(e.json ->> '$.computeResource.name' AS TEXT) AS cluster,    -- the host's cluster, or the host itself
    CAST(e.json ->> '$.datacenter.name' AS TEXT) AS datacenter,  -- where the VM was then
    e.answer_id AS answer_id    -- number of its content in answer_history
FROM event_subject AS s
JOIN distinct_event AS e ON e.id = s.event_id
JOIN answer AS a ON a.id = e.answer_id
JOIN collection_run AS r ON r.id = e.run_id
JOIN vcenter AS c ON c.id = r.vcenter_id;
