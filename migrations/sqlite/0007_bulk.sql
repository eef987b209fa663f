-- Work on many exceptions at once. A job is prepared (its exceptions are frozen and counted), started, and done in steps.
CREATE TABLE bulk_jobs (
    number      INTEGER PRIMARY KEY,
    id          TEXT    NOT NULL UNIQUE,
    environment TEXT    NOT NULL CHECK (environment IN ('live', 'demo', 'sandbox')),
    actor       TEXT    NOT NULL,            -- who prepared it
    starter     TEXT    NOT NULL DEFAULT '', -- who started it last: it is done in this name
    scope       TEXT    NOT NULL,            -- JSON: rows that it may touch
    action      TEXT    NOT NULL CHECK (action IN ('assign', 'comment', 'snooze', 'claim', 'reopen', 'waive', 'undo')),
    assignee    TEXT    NOT NULL DEFAULT '', -- assign
    hours       INTEGER NOT NULL DEFAULT 0,  -- snooze: from its start
    until       INTEGER,
    note        TEXT    NOT NULL DEFAULT '',
    chosen      TEXT    NOT NULL DEFAULT '', -- address of the list that it was taken from
    undoes      INTEGER REFERENCES bulk_jobs (number),
    state       TEXT    NOT NULL CHECK (state IN ('preparing', 'prepared', 'running', 'paused', 'cancelled', 'finished')),
    problem     TEXT    NOT NULL DEFAULT '', -- why it was paused, if nobody did
    waives      INTEGER NOT NULL DEFAULT 0 CHECK (waives IN (0, 1)), -- some of them become waived
    from_waived INTEGER NOT NULL DEFAULT 0 CHECK (from_waived IN (0, 1)), -- some of them were waived before: undoing waives them again
    items       INTEGER NOT NULL DEFAULT 0,
    possible    INTEGER NOT NULL DEFAULT 0,  -- of them, when it was prepared
    shipments   INTEGER NOT NULL DEFAULT 0,
    money       TEXT    NOT NULL DEFAULT '[]', -- JSON: one amount a currency
    place       INTEGER NOT NULL DEFAULT 0,  -- the last item that was tried
    done        INTEGER NOT NULL DEFAULT 0,
    refused     INTEGER NOT NULL DEFAULT 0,
    prepared_at INTEGER NOT NULL,
    started_at  INTEGER,
    stepped_at  INTEGER NOT NULL,            -- jobs take turns
    ended_at    INTEGER
);
CREATE INDEX bulk_jobs_running ON bulk_jobs (stepped_at) WHERE state = 'running';
CREATE INDEX bulk_jobs_preparing ON bulk_jobs (prepared_at) WHERE state = 'preparing';
CREATE INDEX bulk_jobs_undone ON bulk_jobs (undoes) WHERE undoes IS NOT NULL;

-- The frozen set, and what became of each.
CREATE TABLE bulk_items (
    job          INTEGER NOT NULL,
    place        INTEGER NOT NULL,
    exception_id TEXT    NOT NULL,
    version      INTEGER NOT NULL, -- as it was seen
    goal         TEXT,             -- JSON, undo: how it is to stand again
    outcome      TEXT CHECK (outcome IN ('done', 'not_found', 'stale', 'impossible')),
    detail       TEXT,             -- who changed it; the state in which it is not possible
    before       TEXT,             -- JSON: how it stood
    made         INTEGER,          -- its version after it was done
    PRIMARY KEY (job, place)
) WITHOUT ROWID;
CREATE INDEX bulk_items_refused ON bulk_items (job, place) WHERE outcome IN ('not_found', 'stale', 'impossible');
