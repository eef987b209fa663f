-- Waybill's core. Conventions (docs/adr/0002-storage-conventions.md):
--   ids of our own: UUIDv7 text · instants: UTC microseconds · money: minor units and an ISO code · enums: text with CHECK
--   JSON is opaque to SQL · a region or business unit that nobody told is '', so that keys stay unique

-- CloudEvents sources, interned per environment: the same name in demo and live are two sources.
CREATE TABLE sources (
    id          INTEGER PRIMARY KEY,
    environment TEXT NOT NULL CHECK (environment IN ('live', 'demo', 'sandbox')),
    name        TEXT NOT NULL,
    UNIQUE (environment, name)
);

-- The memory that makes intake idempotent. Never partitioned, never archived.
-- A retraction may come first: then the row is a tombstone without hash and event.
CREATE TABLE event_keys (
    source_id     INTEGER NOT NULL,
    event_id      TEXT    NOT NULL,
    body_hash     BLOB,
    recorded_time INTEGER,             -- the producer's, of the latest record; NULL counts as earliest
    event_seq     INTEGER,             -- the record that counts now
    retracted_by  INTEGER,             -- commit sequence of a retraction that counts
    PRIMARY KEY (source_id, event_id)
) WITHOUT ROWID;

-- Every record of every event, in commit order. Rows are appended; only `standing` ever changes.
CREATE TABLE events (
    seq         INTEGER PRIMARY KEY,
    source_id   INTEGER NOT NULL,
    event_id    TEXT    NOT NULL,
    event_type  TEXT    NOT NULL,
    subject_id  TEXT    NOT NULL,      -- shipment or order; of a retraction 'event:…', what it takes back
    occurred_at INTEGER NOT NULL,
    precision   TEXT    NOT NULL CHECK (precision IN ('instant', 'day')),
    recorded_at INTEGER NOT NULL,      -- the producer's, else our receipt
    known_at    INTEGER NOT NULL,
    history     INTEGER NOT NULL CHECK (history IN (0, 1)),
    standing    TEXT    NOT NULL CHECK (standing IN ('effective', 'superseded', 'retracted')),
    audit_seq   INTEGER NOT NULL,      -- the commit that brought it: who, when
    body_hash   BLOB    NOT NULL,
    body        TEXT    NOT NULL
);
-- A shipment's timeline, and the rebuild of its facts.
CREATE INDEX events_by_subject ON events (subject_id, seq);

CREATE TABLE shipments (
    id               TEXT    NOT NULL PRIMARY KEY,
    environment      TEXT    NOT NULL,
    reference        TEXT    NOT NULL,
    region_id        TEXT    NOT NULL DEFAULT '',
    business_unit_id TEXT    NOT NULL DEFAULT '',
    carrier_id       TEXT    NOT NULL DEFAULT '',
    mode             TEXT    NOT NULL DEFAULT '',
    customer_id      TEXT    NOT NULL DEFAULT '',
    stage            TEXT    NOT NULL CHECK (stage IN ('planned', 'tendered', 'dispatched', 'in_transit', 'delivered',
                                                       'pod_received', 'invoiced', 'posted', 'cancelled')),
    outcome          TEXT    NOT NULL CHECK (outcome IN ('open', 'on_time', 'delivered_late', 'no_promise')),
    sort_at          INTEGER NOT NULL, -- delivered, else promised, else first known
    promised_at      INTEGER,
    promised_day     INTEGER NOT NULL DEFAULT 0 CHECK (promised_day IN (0, 1)),
    dispatched_at    INTEGER,
    delivered_at     INTEGER,
    delivered_day    INTEGER NOT NULL DEFAULT 0 CHECK (delivered_day IN (0, 1)),
    freight_minor    INTEGER,
    freight_currency TEXT,
    history          INTEGER NOT NULL CHECK (history IN (0, 1)),
    awaiting_pod     INTEGER NOT NULL CHECK (awaiting_pod IN (0, 1)),     -- delivered, watched, no POD
    awaiting_arrival INTEGER NOT NULL CHECK (awaiting_arrival IN (0, 1)), -- promised, watched, not delivered
    version          INTEGER NOT NULL,
    state            TEXT    NOT NULL, -- facts with their standing, references, orders
    UNIQUE (environment, reference)
);
-- The list, newest first, by keyset; then the same under the filters that leave few rows.
CREATE INDEX shipments_by_time        ON shipments (environment, sort_at, id);
CREATE INDEX shipments_by_region      ON shipments (environment, region_id, sort_at, id);
CREATE INDEX shipments_by_carrier     ON shipments (environment, carrier_id, sort_at, id);
CREATE INDEX shipments_by_stage       ON shipments (environment, stage, sort_at, id);
CREATE INDEX shipments_delivered_late ON shipments (environment, sort_at, id) WHERE outcome = 'delivered_late';
-- Open work: small whatever the history is. Region and business unit ride along for scoped counts, the flag itself because
-- SQLite would look it up in the row.
CREATE INDEX shipments_awaiting_pod
    ON shipments (environment, sort_at, id, region_id, business_unit_id, awaiting_pod) WHERE awaiting_pod = 1;
CREATE INDEX shipments_awaiting_arrival
    ON shipments (environment, sort_at, id, region_id, business_unit_id, awaiting_arrival) WHERE awaiting_arrival = 1;

CREATE TABLE orders (
    id               TEXT    NOT NULL PRIMARY KEY,
    environment      TEXT    NOT NULL,
    reference        TEXT    NOT NULL,
    region_id        TEXT    NOT NULL DEFAULT '',
    business_unit_id TEXT    NOT NULL DEFAULT '',
    version          INTEGER NOT NULL,
    state            TEXT    NOT NULL,
    UNIQUE (environment, reference)
);

-- Every name a shipment goes by, for search. `name` is the value in lower case; spellings that differ in case are names each.
CREATE TABLE shipment_references (
    environment TEXT NOT NULL,
    name        TEXT NOT NULL,
    scheme      TEXT NOT NULL,
    issuer      TEXT NOT NULL,
    value       TEXT NOT NULL,
    shipment_id TEXT NOT NULL,
    PRIMARY KEY (environment, name, scheme, issuer, shipment_id, value)
) WITHOUT ROWID;

-- How many shipments there are of each kind now; kept by each commit, so that no page counts rows.
CREATE TABLE shipment_counts (
    environment      TEXT    NOT NULL,
    region_id        TEXT    NOT NULL,
    business_unit_id TEXT    NOT NULL,
    what             TEXT    NOT NULL,  -- 'stage:delivered', 'told:dispatched', 'history:no_pod', 'carrier:…', 'mode:…'
    n                INTEGER NOT NULL,
    PRIMARY KEY (environment, region_id, business_unit_id, what)
) WITHOUT ROWID;

-- Signed measures. A correction appends the negative and the new.
CREATE TABLE measures (
    seq              INTEGER PRIMARY KEY,
    environment      TEXT    NOT NULL,
    metric           TEXT    NOT NULL,
    shipment_id      TEXT    NOT NULL,
    sign             INTEGER NOT NULL CHECK (sign IN (-1, 1)),
    day              INTEGER NOT NULL,  -- days since 1970, UTC, of the stop
    bin              INTEGER NOT NULL,  -- see domain::measure
    region_id        TEXT    NOT NULL,
    business_unit_id TEXT    NOT NULL,
    carrier_id       TEXT    NOT NULL,
    mode             TEXT    NOT NULL,
    known_at         INTEGER NOT NULL
);

-- Folded measures, a week in a row: by region and business unit, and summed over all of them for readers without a scope.
CREATE TABLE measure_weeks (
    environment      TEXT    NOT NULL,
    metric           TEXT    NOT NULL,
    grain            TEXT    NOT NULL CHECK (grain IN ('unit', 'whole')),
    region_id        TEXT    NOT NULL,
    business_unit_id TEXT    NOT NULL,
    monday           INTEGER NOT NULL,  -- days since 1970, UTC
    cells            BLOB    NOT NULL,  -- how many of each day and bin: store::packed
    PRIMARY KEY (environment, metric, grain, region_id, business_unit_id, monday)
) WITHOUT ROWID;

-- How far a projector has folded.
CREATE TABLE projections (
    name TEXT    NOT NULL PRIMARY KEY,
    seq  INTEGER NOT NULL
) WITHOUT ROWID;

-- What could not be taken in: nothing is ever lost.
CREATE TABLE quarantine (
    id          TEXT    NOT NULL PRIMARY KEY,
    environment TEXT    NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('open', 'resolved', 'discarded')),
    code        TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    place       TEXT,
    source      TEXT,
    event_id    TEXT,
    event_type  TEXT,
    subject     TEXT,
    raw         BLOB    NOT NULL,
    raw_hash    BLOB    NOT NULL,
    fixed       TEXT,
    shipment_id TEXT,
    history     INTEGER NOT NULL CHECK (history IN (0, 1)),
    received_at INTEGER NOT NULL,
    version     INTEGER NOT NULL,
    UNIQUE (environment, raw_hash)    -- the same bytes twice are one item
);
CREATE INDEX quarantine_by_state ON quarantine (environment, state, received_at, id);

-- Who did what, why, to what. Append-only.
CREATE TABLE audit (
    seq         INTEGER PRIMARY KEY,
    at          INTEGER NOT NULL,
    environment TEXT    NOT NULL,
    actor       TEXT    NOT NULL,
    action      TEXT    NOT NULL,     -- 'events.intake', 'quarantine.fix', 'user.create', …
    subject     TEXT    NOT NULL,     -- 'quarantine:…', 'user:…', or '' for many
    reason      TEXT    NOT NULL DEFAULT '',
    detail      TEXT    NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_by_subject ON audit (subject, seq) WHERE subject <> '';
CREATE TRIGGER audit_is_append_only_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_is_append_only_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;

-- Latest change by topic: the truth behind live updates.
CREATE TABLE feed (
    environment TEXT    NOT NULL,
    topic       TEXT    NOT NULL,
    seq         INTEGER NOT NULL,
    PRIMARY KEY (environment, topic)
) WITHOUT ROWID;
