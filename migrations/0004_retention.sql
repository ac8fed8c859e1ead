-- Why: a history that keeps everything grows for ever. `history prune` removes the polls of old runs, and the answers that nothing else
-- uses. What those polls came to is kept as a baseline, from which everything derived can be computed again, and which the record of the
-- removal fixes. docs/evidence.md says what can still be proved.
--
-- This file is frozen once shipped.

-- The removals of old polls. A removal is first prepared, then recorded, then carried out, in many short transactions each, so that
-- collectors need not wait.
CREATE TABLE prune (
    id INTEGER PRIMARY KEY,     -- in their order
    leaf INTEGER UNIQUE,        -- of its record in seal, in the tree of this file; NULL while it is being prepared, or if that was never finished
    last_run_id INTEGER REFERENCES collection_run,    -- the polls of runs up to this one are removed; NULL as long as leaf is
    is_complete INTEGER NOT NULL DEFAULT 0 CHECK (is_complete IN (0, 1))    -- whether nothing is left to be removed
) STRICT;

-- The baseline, part 1: the latest answer of each VM and endpoint before the first run whose polls are kept.
CREATE TABLE baseline_answer (
    virtual_machine_endpoint_id INTEGER NOT NULL REFERENCES virtual_machine_endpoint,    -- row of virtual_machine_endpoint
    prune_id INTEGER NOT NULL REFERENCES prune,           -- row of prune; only the rows of the latest one with a leaf count
    answer_id INTEGER NOT NULL REFERENCES answer,         -- as in latest_answer
    since_run_id INTEGER NOT NULL REFERENCES collection_run,      -- as in latest_answer
    last_reported_ms INTEGER,                             -- as in latest_answer
    customization_id INTEGER,                             -- number in baseline_customization; NULL if there is none
    change_run_id INTEGER NOT NULL REFERENCES collection_run,     -- the run of its row in answer_change, which is kept
    polled_run_id INTEGER NOT NULL REFERENCES collection_run,     -- the run that last polled the VM
    polled_ms INTEGER NOT NULL,                           -- when it did
    polls INTEGER NOT NULL,                               -- how many polls got the answer, from since_run_id on
    PRIMARY KEY (virtual_machine_endpoint_id, prune_id)
) STRICT, WITHOUT ROWID;

-- The baseline, part 2: the customizations as they were then. The columns are those of customization.
CREATE TABLE baseline_customization (
    virtual_machine_endpoint_id INTEGER NOT NULL REFERENCES virtual_machine_endpoint,    -- row of virtual_machine_endpoint
    prune_id INTEGER NOT NULL REFERENCES prune,           -- as in baseline_answer
    number INTEGER NOT NULL,                              -- in the order in which they were first seen
    identity_basis TEXT NOT NULL,                         -- as in customization
    identity_value INTEGER NOT NULL,                      -- as in customization
    outcome TEXT NOT NULL,                                -- as in customization
    start_ms INTEGER,                                     -- as in customization
    end_ms INTEGER,                                       -- as in customization
    end_first_polled_ms INTEGER,                          -- as in customization
    first_polled_ms INTEGER NOT NULL,                     -- as in customization
    last_polled_ms INTEGER,                               -- as in customization
    polls INTEGER NOT NULL,                               -- as in customization
    window_ms INTEGER,                                    -- as in customization
    answer_id INTEGER NOT NULL REFERENCES answer,         -- as in customization
    PRIMARY KEY (virtual_machine_endpoint_id, prune_id, number)
) STRICT, WITHOUT ROWID;

-- The baseline, part 3: in which of the runs whose polls were removed each VM was polled.
CREATE TABLE baseline_span (
    virtual_machine_endpoint_id INTEGER NOT NULL REFERENCES virtual_machine_endpoint,    -- row of virtual_machine_endpoint
    prune_id INTEGER NOT NULL REFERENCES prune,           -- as in baseline_answer
    first_run_id INTEGER NOT NULL REFERENCES collection_run,      -- as in poll_span
    last_run_id INTEGER REFERENCES collection_run,        -- as in poll_span
    PRIMARY KEY (virtual_machine_endpoint_id, prune_id, first_run_id)
) STRICT, WITHOUT ROWID;

-- Polls and answers may be removed as far as a recorded removal says; everything else only while an amendment is under way.
CREATE TRIGGER answer_is_kept BEFORE DELETE ON answer
WHEN NOT EXISTS (SELECT 1 FROM amendment_under_way) AND NOT EXISTS (SELECT 1 FROM prune WHERE leaf IS NOT NULL AND is_complete = 0)
BEGIN SELECT RAISE(ABORT, 'answers are append-only'); END;
CREATE TRIGGER poll_block_is_kept BEFORE DELETE ON poll_block
WHEN NOT EXISTS (SELECT 1 FROM amendment_under_way) AND NOT EXISTS (
    SELECT 1 FROM prune WHERE leaf IS NOT NULL AND is_complete = 0 AND last_run_id >= OLD.run_id
)
BEGIN SELECT RAISE(ABORT, 'polls are append-only'); END;
CREATE TRIGGER answer_change_is_kept BEFORE DELETE ON answer_change
WHEN NOT EXISTS (SELECT 1 FROM amendment_under_way) AND NOT EXISTS (
    SELECT 1 FROM prune AS p JOIN baseline_answer AS b
        ON b.virtual_machine_endpoint_id = OLD.virtual_machine_endpoint_id AND b.prune_id = p.id
    WHERE p.leaf IS NOT NULL AND p.is_complete = 0 AND b.change_run_id > OLD.run_id
)
BEGIN SELECT RAISE(ABORT, 'polls are append-only'); END;

CREATE TRIGGER prune_is_kept BEFORE DELETE ON prune WHEN OLD.leaf IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'removals are append-only'); END;
CREATE TRIGGER prune_is_not_changed BEFORE UPDATE ON prune
WHEN OLD.leaf IS NOT NULL
    AND ((NEW.id, NEW.leaf, NEW.last_run_id) IS NOT (OLD.id, OLD.leaf, OLD.last_run_id) OR NEW.is_complete < OLD.is_complete)
BEGIN SELECT RAISE(ABORT, 'removals are append-only'); END;
CREATE TRIGGER baseline_answer_is_kept BEFORE DELETE ON baseline_answer
WHEN OLD.prune_id = (SELECT max(id) FROM prune WHERE leaf IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'the baseline is append-only'); END;
CREATE TRIGGER baseline_answer_is_not_changed BEFORE UPDATE ON baseline_answer
BEGIN SELECT RAISE(ABORT, 'the baseline is append-only'); END;
CREATE TRIGGER baseline_customization_is_kept BEFORE DELETE ON baseline_customization
WHEN OLD.prune_id = (SELECT max(id) FROM prune WHERE leaf IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'the baseline is append-only'); END;
CREATE TRIGGER baseline_customization_is_not_changed BEFORE UPDATE ON baseline_customization
BEGIN SELECT RAISE(ABORT, 'the baseline is append-only'); END;
CREATE TRIGGER baseline_span_is_kept BEFORE DELETE ON baseline_span
WHEN OLD.prune_id = (SELECT max(id) FROM prune WHERE leaf IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'the baseline is append-only'); END;
CREATE TRIGGER baseline_span_is_not_changed BEFORE UPDATE ON baseline_span
BEGIN SELECT RAISE(ABORT, 'the baseline is append-only'); END;

-- Public: one row for each removal of old polls.
CREATE VIEW prune_history AS
SELECT
    p.leaf AS leaf,             -- leaf of its record in seal_history
    CAST(strftime('%Y-%m-%dT%H:%M:%fZ', (s.record ->> 'at') / 1000.0, 'unixepoch') AS TEXT)
        AS pruned_at,           -- when it was recorded, by this program's clock
    CAST(s.record ->> 'by' AS TEXT) AS pruned_by,           -- who removed them: user@host; NULL if that is not known
    CAST(strftime('%Y-%m-%dT%H:%M:%fZ', (s.record ->> 'before') / 1000.0, 'unixepoch') AS TEXT)
        AS before,              -- the date that was given: no run that began then or later was touched
    p.last_run_id AS last_run_id,    -- the polls of runs up to this one were removed
    CAST(s.record ->> 'polls' AS INTEGER) AS polls,         -- how many were removed
    CAST(s.record ->> 'answers' AS INTEGER) AS answers,     -- how many answers were removed, because nothing else used them
    p.is_complete AS is_complete     -- 1, or 0 if the removal was interrupted: the next prune goes on
FROM prune AS p
JOIN seal AS s ON s.tree_id = 1 AND s.leaf = p.leaf;
