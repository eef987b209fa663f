-- Bodies of events by month, and their archive (docs/adr/0032-bodies-move-their-events-stay.md).

-- Where an event's body is. 0: beside it, in `body`. Else `body` is empty, and this is the month of its commit (year * 12 + month, from
-- 0): then it is in `event_bodies`, and if it is not there, in an archive of that month.
ALTER TABLE events ADD COLUMN body_month INTEGER NOT NULL DEFAULT 0;

-- On PostgreSQL a part for each month. SQLite has bodies here only after a copy from there.
CREATE TABLE event_bodies (
    month INTEGER NOT NULL,
    seq   INTEGER NOT NULL,
    body  TEXT    NOT NULL,
    PRIMARY KEY (month, seq)
);

-- Files that hold bodies. A file never changes; what it holds is taken out of the database only after its row is committed here.
CREATE TABLE archives (
    file       TEXT    NOT NULL PRIMARY KEY, -- whole path
    month      INTEGER NOT NULL,
    first_seq  INTEGER NOT NULL,
    last_seq   INTEGER NOT NULL,
    events     INTEGER NOT NULL,
    bytes      INTEGER NOT NULL,
    sha256     BLOB    NOT NULL,             -- of the whole file
    written_at INTEGER NOT NULL,
    taken_out  INTEGER NOT NULL CHECK (taken_out IN (0, 1)) -- 0: some of it may still be in the database as well
) WITHOUT ROWID;
CREATE INDEX archives_by_month ON archives (month, first_seq);
