-- Why: `history notify` tells each thing once. Where each of its channels stands is kept here: what it knows, and what lasts. It moves on
-- only when a message was delivered.
--
-- This is bookkeeping of the program's own and no evidence: it is not sealed, and nothing that is recorded depends on it. VMs and vCenters
-- are named by their rows, which stay when they are renamed; customizations by their times, because a rebuild numbers them anew.
--
-- This file is frozen once shipped.

-- The channels of `history notify`.
CREATE TABLE notification_channel (
    id INTEGER PRIMARY KEY,    -- number of the channel
    name TEXT NOT NULL UNIQUE,    -- as in --channel
    begun_ms INTEGER NOT NULL,    -- its first use: what happened before is not told
    delivered_ms INTEGER NOT NULL    -- the latest delivery, or its first use
) STRICT;

-- What each channel knows of what happened to customizations: what it told, and what happened before its first use.
CREATE TABLE notification_event (
    channel_id INTEGER NOT NULL REFERENCES notification_channel ON DELETE CASCADE,    -- row of notification_channel
    vm_id INTEGER NOT NULL REFERENCES virtual_machine ON DELETE CASCADE,    -- row of virtual_machine
    endpoint_id INTEGER NOT NULL REFERENCES endpoint,    -- row of endpoint
    kind TEXT NOT NULL CHECK (kind = 'failed' OR kind = 'stuck' OR kind = 'lost'),    -- failed, stuck or lost
    first_polled_ms INTEGER NOT NULL,    -- the first poll that showed the customization
    start_ms INTEGER,    -- its beginning by the server's clock, as it was known then; NULL if it was not
    end_ms INTEGER,    -- its end by the server's clock, as it was known then; NULL if it was not
    PRIMARY KEY (channel_id, vm_id, endpoint_id, kind, first_polled_ms)
) STRICT, WITHOUT ROWID;
CREATE INDEX notification_event_by_vm ON notification_event (vm_id);

-- What lasted at each channel's latest delivery: its end is told too.
CREATE TABLE notification_problem (
    id INTEGER PRIMARY KEY,    -- number of the problem
    channel_id INTEGER NOT NULL REFERENCES notification_channel ON DELETE CASCADE,    -- row of notification_channel
    kind TEXT NOT NULL CHECK (kind = 'failing' OR kind = 'stuck' OR kind = 'not_polled'),    -- failing or stuck, of a VM, or not_polled, of a vCenter
    vm_id INTEGER REFERENCES virtual_machine ON DELETE CASCADE,    -- row of virtual_machine; NULL if it is a vCenter's
    vcenter_id INTEGER REFERENCES vcenter ON DELETE CASCADE,    -- row of vcenter; NULL if it is a VM's
    since_ms INTEGER NOT NULL,    -- since when it lasts
    told_ms INTEGER NOT NULL,    -- when it was last told, or if it never was, the channel's first use
    is_told INTEGER NOT NULL CHECK (is_told IN (0, 1)),    -- whether it was ever told
    CHECK ((vm_id IS NULL) = (kind = 'not_polled') AND (vcenter_id IS NULL) <> (vm_id IS NULL))
) STRICT;
CREATE UNIQUE INDEX notification_problem_by_vm ON notification_problem (vm_id, channel_id, kind) WHERE vm_id IS NOT NULL;
CREATE UNIQUE INDEX notification_problem_by_vcenter ON notification_problem (vcenter_id, channel_id) WHERE vcenter_id IS NOT NULL;
