-- People, their sign-ins, and the keys of sources. Secrets are kept as hashes only.

CREATE TABLE users (
    id             TEXT    NOT NULL PRIMARY KEY,
    name           TEXT    NOT NULL UNIQUE,  -- what the person signs in with, lower case
    password_hash  TEXT    NOT NULL,         -- argon2id, PHC text with its own parameters
    role           TEXT    NOT NULL CHECK (role IN ('viewer', 'dispatcher', 'finance', 'finance_lead', 'integration',
                                                    'executive', 'admin')),
    regions        TEXT,                     -- JSON array; NULL is all
    business_units TEXT,                     -- likewise
    environment    TEXT    NOT NULL CHECK (environment IN ('live', 'demo', 'sandbox')),
    time_zone      TEXT    NOT NULL,
    disabled       INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    created_at     INTEGER NOT NULL,
    version        INTEGER NOT NULL
);

CREATE TABLE sessions (
    token_hash BLOB    NOT NULL PRIMARY KEY, -- SHA-256 of the cookie's secret
    id         TEXT    NOT NULL UNIQUE,      -- what people and the audit trail call it
    user_id    TEXT    NOT NULL REFERENCES users (id),
    address    TEXT    NOT NULL,             -- where the sign-in came from
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,             -- to the minute: not every request is a write
    expires_at INTEGER NOT NULL              -- whatever is seen
) WITHOUT ROWID;
-- Signing a person out everywhere.
CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE api_keys (
    id             TEXT    NOT NULL PRIMARY KEY,
    name           TEXT    NOT NULL,
    prefix         TEXT    NOT NULL,         -- the secret's beginning, to recognise it by
    secret_hash    BLOB    NOT NULL UNIQUE,  -- SHA-256; 256 random bits need no slow hash
    sources        TEXT    NOT NULL,         -- JSON array of patterns
    regions        TEXT,
    business_units TEXT,
    environment    TEXT    NOT NULL CHECK (environment IN ('live', 'demo', 'sandbox')),
    created_at     INTEGER NOT NULL,
    created_by     TEXT    NOT NULL,
    expires_at     INTEGER,
    revoked_at     INTEGER,
    last_used_at   INTEGER                   -- to five minutes
);
-- One name, one working key: the audit trail names keys by it.
CREATE UNIQUE INDEX api_keys_in_force ON api_keys (name) WHERE revoked_at IS NULL;
