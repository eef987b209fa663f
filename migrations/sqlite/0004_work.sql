-- The work: what holds a shipment, what is wrong with it, and what is configured.

-- Whole policies. Appended; the latest version of an environment is in force.
CREATE TABLE config (
    environment TEXT    NOT NULL CHECK (environment IN ('live', 'demo', 'sandbox')),
    version     INTEGER NOT NULL,
    policy      TEXT    NOT NULL, -- JSON
    actor       TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    PRIMARY KEY (environment, version)
) WITHOUT ROWID;
CREATE TRIGGER config_is_append_only_update BEFORE UPDATE ON config BEGIN SELECT RAISE(ABORT, 'policies are append-only'); END;
CREATE TRIGGER config_is_append_only_delete BEFORE DELETE ON config BEGIN SELECT RAISE(ABORT, 'policies are append-only'); END;

-- Environments whose shipments are being assessed again because the policy changed, and how far this has come.
CREATE TABLE sweeps (
    environment TEXT    NOT NULL PRIMARY KEY,
    version     INTEGER NOT NULL,
    after       INTEGER NOT NULL  -- rowid of the last shipment that was looked at
) WITHOUT ROWID;

-- Holds as bits (domain::readiness::HoldKind); when to look again; money that waits; open exceptions, order flags.
ALTER TABLE shipments ADD COLUMN holds INTEGER NOT NULL DEFAULT 0;
ALTER TABLE shipments ADD COLUMN next_at INTEGER;
ALTER TABLE shipments ADD COLUMN waiting_minor INTEGER;
ALTER TABLE shipments ADD COLUMN waiting_currency TEXT;
ALTER TABLE shipments ADD COLUMN work TEXT NOT NULL DEFAULT '{}';
ALTER TABLE shipments ADD COLUMN unbilled INTEGER NOT NULL DEFAULT 0 CHECK (unbilled IN (0, 1)); -- delivered, watched, not invoiced
CREATE INDEX shipments_due ON shipments (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX shipments_unbilled
    ON shipments (environment, sort_at, id, region_id, business_unit_id, unbilled) WHERE unbilled = 1;

-- Shipments that are here already have never been assessed.
INSERT INTO sweeps (environment, version, after) SELECT DISTINCT environment, 0, 0 FROM shipments;

-- Something that is or was wrong: an episode from its detection until its effect was seen. A row changes hands and states; what
-- happened to it stands in the audit trail.
CREATE TABLE exceptions (
    id               TEXT    NOT NULL PRIMARY KEY,
    environment      TEXT    NOT NULL,
    shipment_id      TEXT,             -- none: about an item or a source
    subject          TEXT    NOT NULL, -- the shipment's reference, or the item's id
    kind             TEXT    NOT NULL,
    cause            TEXT    NOT NULL, -- fingerprint: kind:detail
    detail           TEXT    NOT NULL,
    state            TEXT    NOT NULL CHECK (state IN ('open', 'claimed', 'verified', 'waived')),
    severity         INTEGER NOT NULL CHECK (severity BETWEEN 0 AND 3), -- low to critical: the worst is the greatest
    queue            TEXT    NOT NULL CHECK (queue IN ('logistics', 'finance', 'integration', 'service')),
    assignee         TEXT    NOT NULL DEFAULT '',
    detected_at      INTEGER NOT NULL,
    since            INTEGER NOT NULL,
    due_at           INTEGER NOT NULL,
    snoozed_until    INTEGER,
    closed_at        INTEGER,
    reopens          INTEGER NOT NULL DEFAULT 0,
    money_minor      INTEGER,
    currency         TEXT    NOT NULL DEFAULT '',
    customer_id      TEXT    NOT NULL DEFAULT '',
    carrier_id       TEXT    NOT NULL DEFAULT '',
    region_id        TEXT    NOT NULL DEFAULT '',
    business_unit_id TEXT    NOT NULL DEFAULT '',
    first            INTEGER NOT NULL DEFAULT 0 CHECK (first BETWEEN 0 AND 3), -- of its shipment's open ones: 1 in its queue, 2 at all
    rank             INTEGER NOT NULL, -- money (hundredths of a major unit) times probability; age is added by the query
    version          INTEGER NOT NULL DEFAULT 1
);
-- Groups, ranked rows and totals: all that they need of the open ones, in the order of the groups, without a look into the table.
CREATE INDEX exceptions_open ON exceptions
    (environment, cause, currency, queue, region_id, business_unit_id, state, assignee, snoozed_until, first, severity, money_minor,
     rank, detected_at, due_at) WHERE state IN ('open', 'claimed');
CREATE INDEX exceptions_snoozed ON exceptions (environment, snoozed_until)
    WHERE state IN ('open', 'claimed') AND snoozed_until IS NOT NULL;
-- A shipment's.
CREATE INDEX exceptions_by_shipment ON exceptions (environment, shipment_id)
    WHERE state IN ('open', 'claimed') AND shipment_id IS NOT NULL;
-- An item's.
CREATE INDEX exceptions_by_item ON exceptions (environment, subject) WHERE shipment_id IS NULL AND state IN ('open', 'claimed');
-- Those that are over, latest first.
CREATE INDEX exceptions_closed ON exceptions
    (environment, state, closed_at, cause, queue, region_id, business_unit_id, assignee) WHERE state IN ('verified', 'waived');
