-- Bodies of events by month, and their archive (docs/adr/0032-bodies-move-their-events-stay.md).

-- Where an event's body is. 0: beside it, in `body`. Else `body` is empty, and this is the month of its commit (year * 12 + month, from
-- 0): then it is in `event_bodies`, and if it is not there, in an archive of that month.
ALTER TABLE events ADD COLUMN body_month BIGINT NOT NULL DEFAULT 0;

-- A part for each month, made by the first commit of the month (store::sql::months). No part takes the rest: one could not be added
-- beside it while anybody reads.
CREATE TABLE event_bodies (
    month BIGINT NOT NULL,
    seq   BIGINT NOT NULL,
    body  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (month, seq)
) PARTITION BY LIST (month);

-- Files that hold bodies. A file never changes; what it holds is taken out of the database only after its row is committed here.
CREATE TABLE archives (
    file       TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- whole path
    month      BIGINT NOT NULL,
    first_seq  BIGINT NOT NULL,
    last_seq   BIGINT NOT NULL,
    events     BIGINT NOT NULL,
    bytes      BIGINT NOT NULL,
    sha256     BYTEA NOT NULL, -- of the whole file
    written_at BIGINT NOT NULL,
    taken_out  SMALLINT NOT NULL CHECK (taken_out IN (0, 1)) -- 0: some of it may still be in the database as well
);
CREATE INDEX archives_by_month ON archives (month, first_seq);
