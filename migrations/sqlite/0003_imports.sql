-- Runs of `waybill import`: how far each file has come under a mapping, so that an interrupted run goes on.
CREATE TABLE imports (
    id           TEXT    NOT NULL PRIMARY KEY,
    environment  TEXT    NOT NULL CHECK (environment IN ('live', 'demo', 'sandbox')),
    file_hash    BLOB    NOT NULL,    -- SHA-256 of the file's bytes
    mapping_hash BLOB    NOT NULL,    -- SHA-256 of the mapping's text and of the mode
    mapping      TEXT    NOT NULL,
    file_name    TEXT    NOT NULL,
    actor        TEXT    NOT NULL,    -- who began the latest run
    state        TEXT    NOT NULL CHECK (state IN ('running', 'finished')),
    items        INTEGER NOT NULL,    -- events and refusals of this run that are committed
    accepted     INTEGER NOT NULL,
    duplicate    INTEGER NOT NULL,
    amended      INTEGER NOT NULL,
    conflict     INTEGER NOT NULL,
    quarantined  INTEGER NOT NULL,
    started_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    UNIQUE (environment, file_hash, mapping_hash)
);
