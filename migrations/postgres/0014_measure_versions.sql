-- Which measures this database has, and which are on their way (docs/adr/0020-a-new-meaning-is-measured-beside-the-old.md).
CREATE TABLE measure_versions (
    metric           BIGINT NOT NULL PRIMARY KEY, -- domain::measure::Metric
    state            TEXT COLLATE "C" NOT NULL CHECK (state IN ('coming', 'whole', 'going', 'gone', 'removed')),
    follows          BIGINT, -- the one that is told until all shipments have this one
    -- Of one that is gone: as far as it was taken out of the chunks.
    environment      TEXT COLLATE "C" NOT NULL DEFAULT '',
    monday           BIGINT NOT NULL DEFAULT 0,
    seq              BIGINT NOT NULL DEFAULT 0
);

-- How far the shipments that are here have been measured anew. One row while that is under way.
CREATE TABLE measure_sweep (
    id               BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    after            TEXT COLLATE "C" NOT NULL, -- id of the last shipment that was looked at
    done             BIGINT NOT NULL, -- how many that were
    total            BIGINT NOT NULL, -- how many there were when it began
    since            BIGINT -- the last commit of which the old measures know
);

-- A database that was measured to its end has all that its build measured.
INSERT INTO measure_versions (metric, state)
SELECT CAST(value AS BIGINT), 'whole' FROM json_each('[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,30,31,32,33,34,35,36,37,40,41]')
WHERE NOT EXISTS (SELECT 1 FROM measurings);
DROP TABLE measurings;
