-- Why: an auditor has to be able to prove that nothing was changed, removed or invented since it was recorded. Each run is sealed when it
-- ends: a record of it is a leaf of the history's RFC 6962 Merkle tree, whose head can be kept elsewhere. docs/evidence.md has the forms.
--
-- This file is frozen once shipped.

-- The Merkle trees of this history: its own, and those of the histories that were merged into it.
CREATE TABLE tree (
    id INTEGER PRIMARY KEY,     -- 1 is the tree of this file
    uuid TEXT NOT NULL UNIQUE   -- identifies the tree, in lower case
) STRICT;
INSERT INTO tree (id, uuid)
SELECT 1, substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-4' || substr(h, 14, 3) || '-' || substr('89ab', 1 + (random() & 3), 1)
    || substr(h, 18, 3) || '-' || substr(h, 21) FROM (SELECT lower(hex(randomblob(16))) AS h);

-- The leaves of the trees: what was recorded of each run when it ended, and each later change of what was recorded.
CREATE TABLE seal (
    tree_id INTEGER NOT NULL REFERENCES tree,           -- row of tree
    leaf INTEGER NOT NULL,                              -- position in the tree, from 0
    run_id INTEGER UNIQUE REFERENCES collection_run,    -- the run's number in this file; NULL for an amendment
    record TEXT NOT NULL,                               -- the canonical record, a JSON object
    PRIMARY KEY (tree_id, leaf)
) STRICT;

-- The hashes of the leaves and of the complete subtrees above them.
CREATE TABLE tree_node (
    tree_id INTEGER NOT NULL REFERENCES tree,    -- row of tree
    level INTEGER NOT NULL,       -- 0 for leaves; a node of level n has 2^n leaves
    position INTEGER NOT NULL,    -- among the nodes of its level, from 0
    hash BLOB NOT NULL CHECK (length(hash) = 32),    -- SHA-256 of a byte 0 and the leaf, or of a byte 1 and the hashes of both children
    PRIMARY KEY (tree_id, level, position)
) STRICT, WITHOUT ROWID;

-- What each VM is called in the records of runs: for each tree, a row for each sealed run from whose record on it is called otherwise than before.
CREATE TABLE sealed_name (
    vm_id INTEGER NOT NULL REFERENCES virtual_machine,    -- row of virtual_machine
    tree_id INTEGER NOT NULL REFERENCES tree,    -- row of tree
    leaf INTEGER NOT NULL,        -- of the run in seal, in this tree
    name TEXT NOT NULL,           -- as the vCenter writes it
    instance_uuid TEXT,           -- NULL while unknown
    PRIMARY KEY (vm_id, tree_id, leaf)
) STRICT, WITHOUT ROWID;
CREATE INDEX sealed_name_by_leaf ON sealed_name (tree_id, leaf);

CREATE INDEX virtual_machine_listing_by_first_run ON virtual_machine_listing (first_run_id);
CREATE INDEX virtual_machine_listing_by_gone_run ON virtual_machine_listing (gone_run_id) WHERE gone_run_id IS NOT NULL;

-- Has a row only within a transaction that changes what was recorded, and that seals a record of the change.
CREATE TABLE amendment_under_way (
    id INTEGER PRIMARY KEY CHECK (id = 1)    -- 1
) STRICT;

CREATE TRIGGER answer_is_not_changed BEFORE UPDATE ON answer WHEN NOT EXISTS (SELECT 1 FROM amendment_under_way)
BEGIN SELECT RAISE(ABORT, 'answers are append-only'); END;
CREATE TRIGGER poll_block_is_not_changed BEFORE UPDATE ON poll_block WHEN NOT EXISTS (SELECT 1 FROM amendment_under_way)
BEGIN SELECT RAISE(ABORT, 'polls are append-only'); END;
CREATE TRIGGER answer_change_is_not_changed BEFORE UPDATE ON answer_change WHEN NOT EXISTS (SELECT 1 FROM amendment_under_way)
BEGIN SELECT RAISE(ABORT, 'polls are append-only'); END;

CREATE TRIGGER collection_run_is_kept BEFORE DELETE ON collection_run WHEN NOT EXISTS (SELECT 1 FROM amendment_under_way)
BEGIN SELECT RAISE(ABORT, 'runs are append-only'); END;
-- All columns but those that can be rebuilt. Not as a list after UPDATE OF: that would let an UPDATE of rowid through.
CREATE TRIGGER collection_run_is_not_changed BEFORE UPDATE ON collection_run
WHEN OLD.outcome <> 'running' AND NOT EXISTS (SELECT 1 FROM amendment_under_way)
    AND (NEW.id, NEW.vcenter_id, NEW.endpoint_id, NEW.collector, NEW.started_ms, NEW.listed_ms, NEW.finished_ms, NEW.outcome, NEW.failure,
        NEW.vms, NEW.selection, NEW.is_whole, NEW.polls, NEW.failed_polls, NEW.reported_polls, NEW.last_reported_ms, NEW.events, NEW.clock_offset_ms, NEW.tool_version) IS NOT
        (OLD.id, OLD.vcenter_id, OLD.endpoint_id, OLD.collector, OLD.started_ms, OLD.listed_ms, OLD.finished_ms, OLD.outcome, OLD.failure,
        OLD.vms, OLD.selection, OLD.is_whole, OLD.polls, OLD.failed_polls, OLD.reported_polls, OLD.last_reported_ms, OLD.events, OLD.clock_offset_ms, OLD.tool_version)
BEGIN SELECT RAISE(ABORT, 'finished runs are append-only'); END;

CREATE TRIGGER virtual_machine_name_is_kept BEFORE DELETE ON virtual_machine_name WHEN NOT EXISTS (SELECT 1 FROM amendment_under_way)
BEGIN SELECT RAISE(ABORT, 'names are append-only'); END;
CREATE TRIGGER virtual_machine_name_is_not_changed BEFORE UPDATE ON virtual_machine_name WHEN NOT EXISTS (SELECT 1 FROM amendment_under_way)
BEGIN SELECT RAISE(ABORT, 'names are append-only'); END;

CREATE TRIGGER tree_is_kept BEFORE DELETE ON tree BEGIN SELECT RAISE(ABORT, 'trees are append-only'); END;
CREATE TRIGGER tree_is_not_changed BEFORE UPDATE ON tree BEGIN SELECT RAISE(ABORT, 'trees are append-only'); END;
CREATE TRIGGER seal_is_kept BEFORE DELETE ON seal BEGIN SELECT RAISE(ABORT, 'seals are append-only'); END;
-- A merge may give a run another number in this file; its record stays.
CREATE TRIGGER seal_is_not_changed BEFORE UPDATE ON seal
WHEN NOT EXISTS (SELECT 1 FROM amendment_under_way) OR (NEW.tree_id, NEW.leaf, NEW.record) IS NOT (OLD.tree_id, OLD.leaf, OLD.record)
BEGIN SELECT RAISE(ABORT, 'seals are append-only'); END;
CREATE TRIGGER tree_node_is_kept BEFORE DELETE ON tree_node BEGIN SELECT RAISE(ABORT, 'seals are append-only'); END;
CREATE TRIGGER tree_node_is_not_changed BEFORE UPDATE ON tree_node BEGIN SELECT RAISE(ABORT, 'seals are append-only'); END;
CREATE TRIGGER sealed_name_is_kept BEFORE DELETE ON sealed_name WHEN NOT EXISTS (SELECT 1 FROM amendment_under_way)
BEGIN SELECT RAISE(ABORT, 'seals are append-only'); END;
CREATE TRIGGER sealed_name_is_not_changed BEFORE UPDATE ON sealed_name WHEN NOT EXISTS (SELECT 1 FROM amendment_under_way)
BEGIN SELECT RAISE(ABORT, 'seals are append-only'); END;

-- Public: one row for each leaf of the Merkle trees, in order: each sealed run and each amendment.
CREATE VIEW seal_history AS
SELECT
    t.uuid AS tree,             -- UUID of the tree: 'customization-history/' and this are the origin of its checkpoints
    s.leaf AS leaf,             -- position in the tree, from 0
    s.run_id AS run_id,         -- number of the sealed run in this file; NULL for an amendment
    s.record AS record,         -- the canonical record, a JSON object
    CAST(lower(hex(n.hash)) AS TEXT) AS leaf_hash    -- SHA-256 of a byte 0 and the record
FROM seal AS s
JOIN tree AS t ON t.id = s.tree_id
JOIN tree_node AS n ON n.tree_id = s.tree_id AND n.level = 0 AND n.position = s.leaf;
