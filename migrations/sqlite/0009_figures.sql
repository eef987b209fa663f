-- Figures: what each commit measured, and what is folded from it (docs/adr/0004-figures-from-measures.md).

-- Shipments as measures call them: a number of a few bytes.
CREATE TABLE measure_subjects (
    number      INTEGER PRIMARY KEY,
    shipment_id TEXT    NOT NULL UNIQUE
);

-- Every set of dimensions that measures have, told once.
CREATE TABLE measure_dims (
    id               INTEGER PRIMARY KEY,
    environment      TEXT    NOT NULL,
    region_id        TEXT    NOT NULL,
    business_unit_id TEXT    NOT NULL,
    carrier_id       TEXT    NOT NULL,
    mode             TEXT    NOT NULL,
    customer_id      TEXT    NOT NULL,
    origin           TEXT    NOT NULL,
    destination      TEXT    NOT NULL,
    UNIQUE (environment, region_id, business_unit_id, carrier_id, mode, customer_id, origin, destination)
);

-- What each commit gave and took back: one row a shipment and commit. Append-only, so that what was known when can be told.
CREATE TABLE measure_log (
    seq      INTEGER PRIMARY KEY,
    subject  INTEGER NOT NULL,            -- measure_subjects
    dims     INTEGER NOT NULL,            -- measure_dims
    known_at INTEGER NOT NULL,
    calendar INTEGER NOT NULL DEFAULT 0,  -- 0: every hour of every day
    body     BLOB    NOT NULL             -- signed measures: store::measures::body
);

-- What stands for a shipment now: its number, its dimensions, its measures. A change is the difference to it.
ALTER TABLE shipments ADD COLUMN measured BLOB;

-- When it was invoiced first: the age of what waits for the ERP.
ALTER TABLE shipments ADD COLUMN invoiced_at INTEGER;

-- Folded for what is asked most: a metric's week in a row, over everything, by region and business unit, by mode, by carrier.
CREATE TABLE measure_cells (
    environment TEXT    NOT NULL,
    metric      INTEGER NOT NULL,         -- domain::measure::Metric
    grain       TEXT    NOT NULL CHECK (grain IN ('whole', 'unit', 'mode', 'carrier')),
    place       TEXT    NOT NULL,         -- region, mode or carrier
    unit        TEXT    NOT NULL,         -- business unit
    monday      INTEGER NOT NULL,         -- days since 1970, UTC
    cells       BLOB    NOT NULL,         -- store::packed
    PRIMARY KEY (environment, metric, grain, place, unit, monday)
) WITHOUT ROWID;

-- The same shipment by shipment, for everything else: what stops at one event in one week, in a few rows that are merged as
-- they grow.
CREATE TABLE measure_chunks (
    environment TEXT    NOT NULL,
    family      INTEGER NOT NULL,         -- store::measures::Family
    monday      INTEGER NOT NULL,
    seq         INTEGER NOT NULL,         -- the last of the log that is in it
    records     BLOB    NOT NULL,         -- store::measures::chunk
    PRIMARY KEY (environment, family, monday, seq)
);

-- Events as they were answered, by the day (UTC) of their receipt.
CREATE TABLE intake_days (
    environment TEXT    NOT NULL,
    day         INTEGER NOT NULL,
    source_id   INTEGER NOT NULL,
    taken       INTEGER NOT NULL,         -- new, corrected or taken back
    duplicate   INTEGER NOT NULL,
    PRIMARY KEY (environment, day, source_id)
) WITHOUT ROWID;

-- How long exceptions took, by when they were closed.
CREATE INDEX exceptions_solved ON exceptions
    (environment, state, closed_at, detected_at, id, region_id, business_unit_id, carrier_id, customer_id)
    WHERE state IN ('verified', 'waived');

-- Shipments that are here already have not been measured: all of them, old data too.
CREATE TABLE measurings (
    environment TEXT    NOT NULL PRIMARY KEY,
    after       INTEGER NOT NULL,         -- rowid of the last shipment that was measured
    until       INTEGER NOT NULL          -- rowid of the last one to measure
) WITHOUT ROWID;
INSERT INTO measurings (environment, after, until) SELECT environment, 0, max(rowid) FROM shipments GROUP BY environment;
