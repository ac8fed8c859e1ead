
ANALYZE staged_poll, staged_answer, staged_customization, staged_virtual_machine, staged_virtual_machine_endpoint;

DO $$
DECLARE
    sent record;
    known bigint[];
    first bigint[];
BEGIN
    SELECT * INTO STRICT sent FROM staged_export;
    -- One export of a history at a time.
    PERFORM pg_advisory_xact_lock(1195608169, hashtext(sent.database::text));
    IF sent.after IS NULL THEN RETURN; END IF;
    SELECT string_to_array(d.cursor, ',')::bigint[] INTO known FROM database AS d WHERE d.uuid = sent.database;
    first := string_to_array(sent.after, ',')::bigint[];
    IF known IS NULL OR first[1] > known[1]
        OR EXISTS (SELECT FROM unnest(known[2:]) AS o WHERE o <= first[1] AND o <> ALL (first[2:])) THEN
        RAISE EXCEPTION 'this export of % begins after run %, but the warehouse has %: the runs between would be missing',
            sent.database, sent.after, coalesce('runs up to ' || array_to_string(known, ','), 'none')
            USING HINT = 'Export with the cursor that the warehouse has, or without --after.';
    END IF;
    IF EXISTS (
        SELECT id FROM virtual_machine_endpoint WHERE database = sent.database EXCEPT SELECT id FROM staged_virtual_machine_endpoint
    ) OR EXISTS (SELECT id FROM vcenter WHERE database = sent.database EXCEPT SELECT id FROM staged_vcenter) THEN
        RAISE EXCEPTION 'vCenters of % were merged since its last export', sent.database
            USING HINT = 'Export once without --after.';
    END IF;
END $$;

INSERT INTO database AS d (uuid, cursor, exported_at, tool_version)
SELECT e.database, e.cursor, instant(e.exported_at), e.tool_version FROM staged_export AS e
ON CONFLICT (uuid) DO UPDATE
SET cursor = excluded.cursor, exported_at = excluded.exported_at, tool_version = excluded.tool_version;

INSERT INTO vcenter (database, id, name)
SELECT e.database, s.id, s.name FROM staged_vcenter AS s, staged_export AS e
ON CONFLICT (database, id) DO UPDATE SET name = excluded.name;

INSERT INTO virtual_machine AS v (database, id, vcenter_id, vm, vm_name, instance_uuid, is_listed)
SELECT e.database, s.id, s.vcenter_id, s.vm, s.vm_name, s.instance_uuid, s.is_listed
FROM staged_virtual_machine AS s, staged_export AS e
ON CONFLICT (database, id) DO UPDATE
SET vcenter_id = excluded.vcenter_id, vm = excluded.vm, vm_name = excluded.vm_name, instance_uuid = excluded.instance_uuid,
    is_listed = excluded.is_listed
WHERE (v.vcenter_id, v.vm, v.vm_name, v.instance_uuid, v.is_listed)
    IS DISTINCT FROM (excluded.vcenter_id, excluded.vm, excluded.vm_name, excluded.instance_uuid, excluded.is_listed);

INSERT INTO virtual_machine_endpoint AS m (database, id, virtual_machine_id, endpoint)
SELECT e.database, s.id, s.virtual_machine_id, s.endpoint FROM staged_virtual_machine_endpoint AS s, staged_export AS e
ON CONFLICT (database, id) DO UPDATE
SET virtual_machine_id = excluded.virtual_machine_id, endpoint = excluded.endpoint
WHERE (m.virtual_machine_id, m.endpoint) IS DISTINCT FROM (excluded.virtual_machine_id, excluded.endpoint);

-- An export of everything: what the history no longer has was merged into something else.
DELETE FROM poll AS p USING staged_export AS e
WHERE e.after IS NULL AND p.database = e.database
    AND p.virtual_machine_endpoint_id NOT IN (SELECT s.id FROM staged_virtual_machine_endpoint AS s);
DELETE FROM virtual_machine_endpoint AS m USING staged_export AS e
WHERE e.after IS NULL AND m.database = e.database AND m.id NOT IN (SELECT s.id FROM staged_virtual_machine_endpoint AS s);
DELETE FROM virtual_machine AS v USING staged_export AS e
WHERE e.after IS NULL AND v.database = e.database AND v.id NOT IN (SELECT s.id FROM staged_virtual_machine AS s);
DELETE FROM customization AS u USING staged_export AS e WHERE e.after IS NULL AND u.database = e.database;

INSERT INTO collection_run (
    database, id, vcenter_id, endpoint, started_at, finished_at, outcome, vms, polls, failed_polls, failure, clock_offset_seconds,
    tool_version
)
SELECT e.database, s.id, s.vcenter_id, s.endpoint, instant(s.started_at), instant(s.finished_at), s.outcome, s.vms, s.polls,
    s.failed_polls, s.failure, s.clock_offset_seconds, s.tool_version
FROM staged_collection_run AS s, staged_export AS e
ON CONFLICT (database, id) DO UPDATE
SET vcenter_id = excluded.vcenter_id, endpoint = excluded.endpoint, started_at = excluded.started_at,
    finished_at = excluded.finished_at, outcome = excluded.outcome, vms = excluded.vms, polls = excluded.polls,
    failed_polls = excluded.failed_polls, failure = excluded.failure, clock_offset_seconds = excluded.clock_offset_seconds,
    tool_version = excluded.tool_version;
DELETE FROM vcenter AS c USING staged_export AS e
WHERE e.after IS NULL AND c.database = e.database AND c.id NOT IN (SELECT s.id FROM staged_vcenter AS s)
    AND NOT EXISTS (SELECT FROM collection_run AS r WHERE r.database = c.database AND r.vcenter_id = c.id);

INSERT INTO answer AS a (
    database, id, result, http_status, status, start_time, end_time, error_id, error_message
)
SELECT e.database, s.id, s.result, s.http_status, s.status, instant(s.start_time), instant(s.end_time), s.error_id, s.error_message
FROM staged_answer AS s, staged_export AS e
ON CONFLICT (database, id) DO UPDATE
SET result = excluded.result, http_status = excluded.http_status, status = excluded.status, start_time = excluded.start_time,
    end_time = excluded.end_time, error_id = excluded.error_id, error_message = excluded.error_message
WHERE (a.result, a.http_status, a.status, a.start_time, a.end_time, a.error_id, a.error_message) IS DISTINCT FROM (
    excluded.result, excluded.http_status, excluded.status, excluded.start_time, excluded.end_time, excluded.error_id,
    excluded.error_message
);

-- Runs come whole.
DELETE FROM poll AS p USING staged_export AS e
WHERE p.database = e.database AND p.run_id IN (SELECT DISTINCT s.run_id FROM staged_poll AS s);
INSERT INTO poll (database, run_id, virtual_machine_endpoint_id, polled_at, answer_id)
SELECT e.database, s.run_id, s.virtual_machine_endpoint_id, instant(s.polled_at), s.answer_id
FROM staged_poll AS s, staged_export AS e
ON CONFLICT DO NOTHING;

-- All customizations come of a VM whose answer changed, because an answer can show that two of them were one.
DELETE FROM customization AS u USING staged_export AS e
WHERE u.database = e.database
    AND u.virtual_machine_endpoint_id IN (SELECT s.virtual_machine_endpoint_id FROM staged_customization AS s WHERE s.is_whole);
INSERT INTO customization (
    database, virtual_machine_endpoint_id, identity_basis, identity_value, number, outcome, start_time, end_time, error_id,
    error_message, error_untranslated, first_polled_at, last_polled_at, polls, window_at, is_counted
)
SELECT e.database, s.virtual_machine_endpoint_id, s.identity_basis, s.identity_value, s.number, s.outcome, instant(s.start_time),
    instant(s.end_time), s.error_id, s.error_message, s.error_untranslated, instant(s.first_polled_at), instant(s.last_polled_at),
    s.polls, instant(s.window_at), s.is_counted
FROM staged_customization AS s, staged_export AS e
ON CONFLICT (database, virtual_machine_endpoint_id, identity_basis, identity_value) DO UPDATE
SET number = excluded.number, outcome = excluded.outcome, start_time = excluded.start_time, end_time = excluded.end_time,
    error_id = excluded.error_id, error_message = excluded.error_message, error_untranslated = excluded.error_untranslated,
    first_polled_at = excluded.first_polled_at, last_polled_at = excluded.last_polled_at, polls = excluded.polls,
    window_at = excluded.window_at, is_counted = excluded.is_counted;

COMMIT;
