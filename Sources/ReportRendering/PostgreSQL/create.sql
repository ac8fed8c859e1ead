-- A script for psql: adds a history of customization-history to the schema customization_history, which it makes if there is none.
\set ON_ERROR_STOP on
\set ON_ERROR_ROLLBACK off
\set AUTOCOMMIT on
\set QUIET on
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET client_min_messages = warning;
SET search_path = customization_history, pg_temp;

BEGIN;
-- Several sites may begin at once.
DO $$ BEGIN PERFORM pg_advisory_xact_lock(1195608169); END $$;
SELECT to_regclass('customization_history.database') IS NULL AS is_new \gset
\if :is_new
CREATE SCHEMA IF NOT EXISTS customization_history;

CREATE TABLE database (
    uuid uuid PRIMARY KEY,
    cursor text NOT NULL,
    exported_at timestamptz NOT NULL,
    tool_version text NOT NULL
);
COMMENT ON TABLE database IS 'The histories, each a file of one site.';
COMMENT ON COLUMN database.cursor IS 'What was exported so far, for the option --after of the next export.';

CREATE TABLE vcenter (
    database uuid NOT NULL REFERENCES database ON DELETE CASCADE,
    id bigint NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (database, id)
);

CREATE TABLE virtual_machine (
    database uuid NOT NULL,
    id bigint NOT NULL,
    vcenter_id bigint NOT NULL,
    vm text NOT NULL,
    vm_name text NOT NULL,
    instance_uuid text,
    is_listed boolean NOT NULL,
    PRIMARY KEY (database, id),
    FOREIGN KEY (database, vcenter_id) REFERENCES vcenter ON DELETE CASCADE
);

CREATE TABLE virtual_machine_endpoint (
    database uuid NOT NULL,
    id bigint NOT NULL,
    virtual_machine_id bigint NOT NULL,
    endpoint text NOT NULL,
    PRIMARY KEY (database, id),
    FOREIGN KEY (database, virtual_machine_id) REFERENCES virtual_machine ON DELETE CASCADE
);
CREATE INDEX ON virtual_machine_endpoint (database, virtual_machine_id);

CREATE TABLE collection_run (
    database uuid NOT NULL REFERENCES database ON DELETE CASCADE,
    id bigint NOT NULL,
    vcenter_id bigint NOT NULL,
    endpoint text NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    outcome text NOT NULL,
    vms bigint NOT NULL,
    polls bigint NOT NULL,
    failed_polls bigint NOT NULL,
    failure text,
    clock_offset_seconds double precision,
    tool_version text NOT NULL,
    PRIMARY KEY (database, id)
);

CREATE TABLE answer (
    database uuid NOT NULL REFERENCES database ON DELETE CASCADE,
    id bigint NOT NULL,
    result text NOT NULL,
    http_status integer,
    status text,
    start_time timestamptz,
    end_time timestamptz,
    error_id text,
    error_message text,
    PRIMARY KEY (database, id)
);

-- Without references: they would be looked up for each of millions of rows. What an export contains was checked where it was made.
CREATE TABLE poll (
    database uuid NOT NULL,
    run_id bigint NOT NULL,
    virtual_machine_endpoint_id bigint NOT NULL,
    polled_at timestamptz NOT NULL,
    answer_id bigint NOT NULL,
    PRIMARY KEY (database, run_id, virtual_machine_endpoint_id)
);
CREATE INDEX ON poll (database, virtual_machine_endpoint_id);
CREATE INDEX ON poll USING brin (polled_at);

CREATE TABLE customization (
    database uuid NOT NULL,
    virtual_machine_endpoint_id bigint NOT NULL,
    identity_basis text NOT NULL,
    identity_value bigint NOT NULL,
    number bigint NOT NULL,
    outcome text NOT NULL,
    start_time timestamptz,
    end_time timestamptz,
    error_id text,
    error_message text,
    error_untranslated text,
    first_polled_at timestamptz NOT NULL,
    last_polled_at timestamptz NOT NULL,
    polls bigint NOT NULL,
    window_at timestamptz NOT NULL,
    is_counted boolean NOT NULL,
    PRIMARY KEY (database, virtual_machine_endpoint_id, identity_basis, identity_value),
    FOREIGN KEY (database, virtual_machine_endpoint_id) REFERENCES virtual_machine_endpoint ON DELETE CASCADE
);
CREATE INDEX ON customization (window_at);
COMMENT ON COLUMN customization.is_counted IS 'False if another row tells of the same customization, and is counted instead.';
COMMENT ON COLUMN customization.window_at IS 'The instant by which it belongs to a window: when it ended, or else its latest poll.';

CREATE FUNCTION instant(milliseconds bigint) RETURNS timestamptz LANGUAGE sql STABLE AS
    $$ SELECT timestamptz 'epoch' + milliseconds * interval '1 millisecond' $$;

-- The views of a history, with the history's UUID in front; times are timestamptz.
CREATE VIEW poll_history AS
SELECT p.database AS database_uuid, p.run_id, c.name AS vcenter, v.vm, v.vm_name, m.endpoint, p.polled_at, a.result, a.status,
    a.start_time, a.end_time, a.error_id, a.error_message, a.http_status, p.answer_id
FROM poll AS p
JOIN virtual_machine_endpoint AS m ON m.database = p.database AND m.id = p.virtual_machine_endpoint_id
JOIN virtual_machine AS v ON v.database = m.database AND v.id = m.virtual_machine_id
JOIN vcenter AS c ON c.database = v.database AND c.id = v.vcenter_id
LEFT JOIN answer AS a ON a.database = p.database AND a.id = p.answer_id;

CREATE VIEW customization_history AS
SELECT u.database AS database_uuid, c.name AS vcenter, v.vm, v.vm_name, m.endpoint, u.outcome, u.start_time, u.end_time,
    CASE WHEN u.outcome IN ('succeeded', 'failed') THEN extract(epoch FROM u.end_time - u.start_time)::double precision END
        AS duration_seconds,
    u.error_id, u.error_message, u.first_polled_at, u.last_polled_at, u.polls, u.is_counted,
    CASE WHEN u.outcome IN ('succeeded', 'failed') THEN u.window_at END AS ended_at, v.instance_uuid
FROM customization AS u
JOIN virtual_machine_endpoint AS m ON m.database = u.database AND m.id = u.virtual_machine_endpoint_id
JOIN virtual_machine AS v ON v.database = m.database AND v.id = m.virtual_machine_id
JOIN vcenter AS c ON c.database = v.database AND c.id = v.vcenter_id;

CREATE VIEW latest_error AS
SELECT f.database AS database_uuid, c.name AS vcenter, v.vm, v.vm_name, f.endpoint, f.error_id, f.error_message,
    f.error_untranslated, f.window_at AS failed_at,
    (
        SELECT min(s.window_at)
        FROM virtual_machine_endpoint AS n
        JOIN customization AS s ON s.database = n.database AND s.virtual_machine_endpoint_id = n.id
        WHERE n.database = f.database AND n.virtual_machine_id = f.virtual_machine_id AND s.outcome = 'succeeded'
            AND s.window_at > f.window_at
    ) AS recovered_at,
    v.is_listed
FROM (
    SELECT DISTINCT ON (u.database, m.virtual_machine_id) u.*, m.virtual_machine_id, m.endpoint
    FROM customization AS u
    JOIN virtual_machine_endpoint AS m ON m.database = u.database AND m.id = u.virtual_machine_endpoint_id
    WHERE u.outcome = 'failed' AND u.is_counted
    ORDER BY u.database, m.virtual_machine_id, u.window_at DESC, u.number DESC
) AS f
JOIN virtual_machine AS v ON v.database = f.database AND v.id = f.virtual_machine_id
JOIN vcenter AS c ON c.database = v.database AND c.id = v.vcenter_id;

CREATE VIEW collection_run_history AS
SELECT r.database AS database_uuid, r.id AS run_id, c.name AS vcenter, r.endpoint, r.started_at, r.finished_at, r.outcome, r.vms,
    r.polls, r.failed_polls, r.failure, r.clock_offset_seconds, r.tool_version
FROM collection_run AS r
LEFT JOIN vcenter AS c ON c.database = r.database AND c.id = r.vcenter_id;
\endif
COMMIT;

