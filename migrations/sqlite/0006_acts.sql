-- What people do with shipments: papers that they attach, and the ledger of what a human hand had to touch.

-- A document as it was attached. Its bytes come last: a row's other columns are read without them. Bytes are never changed or
-- removed; one that was taken back keeps them, and is no longer served.
CREATE TABLE documents (
    id           TEXT    NOT NULL PRIMARY KEY,  -- also the id of the event that tells of it
    environment  TEXT    NOT NULL CHECK (environment IN ('live', 'demo', 'sandbox')),
    shipment_id  TEXT    NOT NULL REFERENCES shipments (id),
    kind         TEXT    NOT NULL CHECK (kind IN ('pod')),
    file_name    TEXT    NOT NULL,
    media_type   TEXT    NOT NULL CHECK (media_type IN ('application/pdf', 'image/png', 'image/jpeg', 'image/tiff')),
    size         INTEGER NOT NULL,
    sha256       BLOB    NOT NULL,
    actor        TEXT    NOT NULL,
    at           INTEGER NOT NULL,
    withdrawn_at INTEGER,
    bytes        BLOB    NOT NULL
);
CREATE INDEX documents_by_shipment ON documents (shipment_id, at);

-- Each act of a person on a case, in the commit of the act itself. Append-only. What only reads or says something is no touch;
-- an approval is told apart, because a contract may ask for it.
CREATE TABLE touches (
    seq         INTEGER PRIMARY KEY,
    environment TEXT    NOT NULL CHECK (environment IN ('live', 'demo', 'sandbox')),
    shipment_id TEXT,                           -- none: about an item that belongs to no shipment yet
    kind        TEXT    NOT NULL CHECK (kind IN ('create', 'edit', 'override', 'attach', 'reassign', 'retry', 'force', 'approve',
                                                 'undo')),
    action      TEXT    NOT NULL,               -- as in the audit trail: 'shipment.attach_pod', 'exception.assign', …
    actor       TEXT    NOT NULL,
    at          INTEGER NOT NULL
);
CREATE INDEX touches_by_shipment ON touches (shipment_id, at) WHERE shipment_id IS NOT NULL;
CREATE INDEX touches_by_time ON touches (environment, at);
CREATE TRIGGER touches_are_append_only_update BEFORE UPDATE ON touches BEGIN SELECT RAISE(ABORT, 'touches are append-only'); END;
CREATE TRIGGER touches_are_append_only_delete BEFORE DELETE ON touches BEGIN SELECT RAISE(ABORT, 'touches are append-only'); END;
