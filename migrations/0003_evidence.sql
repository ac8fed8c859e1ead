-- Why: copies of histories are put together in other places, so each file needs an identity that outlives its name and its machine.

-- The histories whose runs are in this file. Row 1 is the file's own.
CREATE TABLE tree (
    id INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE    -- RFC 9562, version 4, in lower case
) STRICT;
INSERT INTO tree (id, uuid)
SELECT 1, lower(substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-4' || substr(h, 14, 3) || '-'
    || substr('89AB', 1 + (random() & 3), 1) || substr(h, 18, 3) || '-' || substr(h, 21, 12))
FROM (SELECT hex(randomblob(16)) AS h);
