-- Which measures this file has, and which are on their way (docs/adr/0020-a-new-meaning-is-measured-beside-the-old.md).
CREATE TABLE measure_versions (
    metric      INTEGER NOT NULL PRIMARY KEY, -- domain::measure::Metric
    state       TEXT    NOT NULL CHECK (state IN ('coming', 'whole', 'going', 'gone', 'removed')),
    follows     INTEGER,                      -- the one that is told until all shipments have this one
    -- Of one that is gone: as far as it was taken out of the chunks.
    environment TEXT    NOT NULL DEFAULT '',
    monday      INTEGER NOT NULL DEFAULT 0,
    seq         INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- How far the shipments that are here have been measured anew. One row while that is under way.
CREATE TABLE measure_sweep (
    id      INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    after   TEXT    NOT NULL,                 -- id of the last shipment that was looked at
    done    INTEGER NOT NULL,                 -- how many that were
    total   INTEGER NOT NULL,                 -- how many there were when it began
    since   INTEGER                           -- the last commit of which the old measures know
) WITHOUT ROWID;

-- A file that was measured to its end has all that its build measured.
INSERT INTO measure_versions (metric, state)
SELECT value, 'whole' FROM json_each('[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,30,31,32,33,34,35,36,37,40,41]')
WHERE NOT EXISTS (SELECT 1 FROM measurings);
DROP TABLE measurings;
