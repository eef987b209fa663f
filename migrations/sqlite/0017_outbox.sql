-- What others are told of, until a broker has it (docs/adr/0024-a-message-is-acknowledged-after-the-commit.md, docs/broker.md).

-- Worlds of which others are told. Without a row nothing is written for them.
CREATE TABLE outlets (
    environment TEXT    NOT NULL PRIMARY KEY CHECK (environment IN ('live', 'demo', 'sandbox')),
    since       INTEGER NOT NULL
) WITHOUT ROWID;

-- Notices that no broker has yet, in the order of the commits. A number is given once, also when its row is gone.
CREATE TABLE outbox (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT    NOT NULL, -- of the CloudEvent
    environment TEXT    NOT NULL CHECK (environment IN ('live', 'demo', 'sandbox')),
    type        TEXT    NOT NULL, -- domain::outward::NoticeKind
    subject     TEXT    NOT NULL, -- the shipment's reference; of an exception of none, its item or source
    known_at    INTEGER NOT NULL,
    data        TEXT    NOT NULL  -- JSON
);
