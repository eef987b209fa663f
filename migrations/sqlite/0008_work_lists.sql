-- Lists of work, and the role of customer service.

-- What waits for its money or its paper: all that its lists filter, count and add up, so that only the rows shown are looked up.
DROP INDEX shipments_unbilled;
CREATE INDEX shipments_unbilled ON shipments
    (environment, sort_at, id, region_id, business_unit_id, unbilled, awaiting_pod, carrier_id, customer_id, mode, holds,
     waiting_currency, waiting_minor)
    WHERE unbilled = 1 OR awaiting_pod = 1;

-- Lists that are one kind of exception, longest first.
CREATE INDEX exceptions_listed ON exceptions
    (environment, kind, since, id, state, region_id, business_unit_id, carrier_id, customer_id, currency, money_minor, shipment_id)
    WHERE state IN ('open', 'claimed') AND (kind = 'unassigned' OR kind = 'status_stale' OR kind = 'order_changed');

-- SQLite changes no CHECK in place. Whoever is signed in signs in again.
DELETE FROM sessions;
CREATE TABLE people (
    id             TEXT    NOT NULL PRIMARY KEY,
    name           TEXT    NOT NULL UNIQUE,  -- what the person signs in with, lower case
    password_hash  TEXT    NOT NULL,         -- argon2id, PHC text with its own parameters
    role           TEXT    NOT NULL CHECK (role IN ('viewer', 'dispatcher', 'finance', 'finance_lead', 'service', 'integration',
                                                    'executive', 'admin')),
    regions        TEXT,                     -- JSON array; NULL is all
    business_units TEXT,                     -- likewise
    environment    TEXT    NOT NULL CHECK (environment IN ('live', 'demo', 'sandbox')),
    time_zone      TEXT    NOT NULL,
    disabled       INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    created_at     INTEGER NOT NULL,
    version        INTEGER NOT NULL
);
INSERT INTO people (id, name, password_hash, role, regions, business_units, environment, time_zone, disabled, created_at, version)
SELECT id, name, password_hash, role, regions, business_units, environment, time_zone, disabled, created_at, version FROM users;
DROP TABLE users;
ALTER TABLE people RENAME TO users;
