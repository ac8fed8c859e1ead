-- Why: "which VMs fail" becomes "what fails" once it is known what each VM was when it was customized: on which host, from which template. A
-- row is written only when that changes, so that a run over VMs that stay as they are adds nothing.
--
-- These tables are the program's own; auditors read the views below. This file is frozen once shipped.

-- The texts that attributes have, each once: a host's name stands for all its VMs.
CREATE TABLE attribute_text (
    id INTEGER PRIMARY KEY,    -- number of the text
    text TEXT NOT NULL UNIQUE    -- as people see it, at most 1000 bytes
) STRICT;

-- What VMs are: from this run on, until the next row of the VM. NULL is what the vCenter does not tell, or not to this account.
CREATE TABLE attribute_change (
    vm_id INTEGER NOT NULL REFERENCES virtual_machine,    -- row of virtual_machine
    run_id INTEGER NOT NULL REFERENCES collection_run,    -- row of collection_run: the first run that saw it so
    guest_os_id INTEGER REFERENCES attribute_text,        -- the running guest operating system, else the configured one
    tools_version_id INTEGER REFERENCES attribute_text,   -- VMware Tools' version number
    tools_status_id INTEGER REFERENCES attribute_text,    -- VMware Tools' state
    host_id INTEGER REFERENCES attribute_text,            -- the ESXi host
    cluster_id INTEGER REFERENCES attribute_text,         -- its cluster; NULL also for a host outside clusters
    folder_id INTEGER REFERENCES attribute_text,          -- the path below the datacenter's own folder; empty in that folder itself
    datacenter_id INTEGER REFERENCES attribute_text,      -- the datacenter
    is_template INTEGER CHECK (is_template IN (0, 1)),    -- whether it is a template
    PRIMARY KEY (vm_id, run_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX attribute_change_by_run ON attribute_change (run_id);

-- From what VMs were made, by the vCenter's events. Where merged runs found the same, or a VM has several rows, that with the greatest event_key counts.
CREATE TABLE virtual_machine_source (
    vm_id INTEGER NOT NULL REFERENCES virtual_machine,    -- row of virtual_machine
    run_id INTEGER NOT NULL REFERENCES collection_run,    -- row of collection_run: the run that found it
    event_key INTEGER NOT NULL,    -- the event's number in the vCenter
    created_ms INTEGER,            -- when the VM was made, by the vCenter's clock; NULL if the event does not tell
    source_id INTEGER NOT NULL REFERENCES attribute_text,    -- the template's or VM's name at that time
    PRIMARY KEY (vm_id, run_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX virtual_machine_source_by_run ON virtual_machine_source (run_id);

-- Up to where the events that tell from what VMs were made have been read. Bookkeeping: it is not sealed.
CREATE TABLE source_cursor (
    vcenter_id INTEGER PRIMARY KEY REFERENCES vcenter ON DELETE CASCADE,    -- row of vcenter
    event_key INTEGER,     -- the greatest number read; NULL if there was none
    created_ms INTEGER     -- when that event was created; NULL if there was none
) STRICT;

CREATE TRIGGER attribute_text_is_kept BEFORE DELETE ON attribute_text BEGIN SELECT RAISE(ABORT, 'attributes are append-only'); END;
CREATE TRIGGER attribute_text_is_not_changed BEFORE UPDATE ON attribute_text BEGIN SELECT RAISE(ABORT, 'attributes are append-only'); END;
CREATE TRIGGER attribute_change_is_kept BEFORE DELETE ON attribute_change BEGIN SELECT RAISE(ABORT, 'attributes are append-only'); END;
CREATE TRIGGER attribute_change_is_not_changed BEFORE UPDATE ON attribute_change WHEN NOT EXISTS (SELECT 1 FROM amendment_under_way)
BEGIN SELECT RAISE(ABORT, 'attributes are append-only'); END;
CREATE TRIGGER virtual_machine_source_is_kept BEFORE DELETE ON virtual_machine_source BEGIN SELECT RAISE(ABORT, 'attributes are append-only'); END;
CREATE TRIGGER virtual_machine_source_is_not_changed BEFORE UPDATE ON virtual_machine_source WHEN NOT EXISTS (SELECT 1 FROM amendment_under_way)
BEGIN SELECT RAISE(ABORT, 'attributes are append-only'); END;

-- Public: what each VM was and where, one row for each time that this changed.
CREATE VIEW virtual_machine_attribute_history AS
SELECT
    c.name AS vcenter,              -- name of the vCenter
    v.moid AS vm,                   -- managed object id of the VM
    v.shown_name AS vm_name,        -- latest known name of the VM, as people see it
    CAST(ifnull(strftime('%Y-%m-%dT%H:%M:%fZ', r.started_ms / 1000.0, 'unixepoch'), r.started_ms) AS TEXT)
        AS since,                   -- when the run began that first saw it so
    CAST(ifnull(strftime('%Y-%m-%dT%H:%M:%fZ', n.started_ms / 1000.0, 'unixepoch'), n.started_ms) AS TEXT)
        AS until,                   -- when the run began that saw something else; NULL if none has
    g.text AS guest_os,             -- full name of the running guest operating system, else of the configured one
    o.text AS tools_version,        -- VMware Tools' version number, as the vCenter writes it
    s.text AS tools_status,         -- VMware Tools' state, such as guestToolsRunning
    h.text AS host,                 -- the ESXi host that it is registered on
    u.text AS cluster,              -- the cluster; NULL also for a host outside clusters
    f.text AS folder,               -- folders below the datacenter's own, such as Production/Web; empty in the datacenter's own
    d.text AS datacenter,           -- the datacenter
    a.is_template AS is_template,   -- 1 for a template, 0 for a VM
    a.run_id AS run_id              -- number of the run that first saw it so
FROM attribute_change AS a
JOIN virtual_machine AS v ON v.id = a.vm_id
JOIN vcenter AS c ON c.id = +v.vcenter_id
JOIN collection_run AS r ON r.id = a.run_id
LEFT JOIN collection_run AS n ON n.id = (SELECT min(x.run_id) FROM attribute_change AS x WHERE x.vm_id = a.vm_id AND x.run_id > a.run_id)
LEFT JOIN attribute_text AS g ON g.id = a.guest_os_id
LEFT JOIN attribute_text AS o ON o.id = a.tools_version_id
LEFT JOIN attribute_text AS s ON s.id = a.tools_status_id
LEFT JOIN attribute_text AS h ON h.id = a.host_id
LEFT JOIN attribute_text AS u ON u.id = a.cluster_id
LEFT JOIN attribute_text AS f ON f.id = a.folder_id
LEFT JOIN attribute_text AS d ON d.id = a.datacenter_id;

-- Public: the template or VM that each VM was cloned or deployed from, as far as the vCenter's events tell.
CREATE VIEW virtual_machine_source_history AS
SELECT
    c.name AS vcenter,              -- name of the vCenter
    v.moid AS vm,                   -- managed object id of the VM
    v.shown_name AS vm_name,        -- latest known name of the VM, as people see it
    t.text AS source,               -- name of the template or VM that it was made from, at that time
    CAST(ifnull(strftime('%Y-%m-%dT%H:%M:%fZ', m.created_ms / 1000.0, 'unixepoch'), m.created_ms) AS TEXT)
        AS created_at,              -- when it was made, by the vCenter's clock; NULL if the event does not tell
    m.event_key AS event_key,       -- number of the event in the vCenter
    m.run_id AS run_id              -- number of the run that found it
FROM virtual_machine_source AS m
JOIN virtual_machine AS v ON v.id = m.vm_id
JOIN vcenter AS c ON c.id = +v.vcenter_id
JOIN attribute_text AS t ON t.id = m.source_id
WHERE NOT EXISTS (
    SELECT 1 FROM virtual_machine_source AS o WHERE o.vm_id = m.vm_id AND (o.event_key, o.run_id) > (m.event_key, m.run_id)
);
