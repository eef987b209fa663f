-- Many processes on one database (docs/replicas.md).

-- Who does which of Waybill's own work. Times are the database's own.
CREATE TABLE leases (
    name   TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,             -- a process; empty: nobody
    token  INTEGER NOT NULL,          -- one more at each change of the holder: what an earlier one writes late is refused by it
    until  INTEGER NOT NULL
) WITHOUT ROWID;

-- Failed sign-ins of a name or of an address.
CREATE TABLE sign_in_tries (
    kind     TEXT NOT NULL CHECK (kind IN ('name', 'address')),
    who      TEXT NOT NULL,
    failures INTEGER NOT NULL,
    last     INTEGER NOT NULL,
    until    INTEGER NOT NULL,        -- no sooner may they try again
    PRIMARY KEY (kind, who)
) WITHOUT ROWID;
CREATE INDEX sign_in_tries_last ON sign_in_tries (last);

-- What keys have asked for, where several processes answer: the next request is on time from then on.
CREATE TABLE key_rates (
    api_key TEXT NOT NULL PRIMARY KEY,
    due     INTEGER NOT NULL
) WITHOUT ROWID;

-- Words on what a form came to, for the page after it.
CREATE TABLE flashes (
    id    TEXT NOT NULL PRIMARY KEY,
    actor TEXT NOT NULL,
    until INTEGER NOT NULL,
    words TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX flashes_until ON flashes (until);

-- Builds that know this version of the schema or a later one can serve it, also when it is newer than what they know.
-- A migration after which they no longer can says so here.
CREATE TABLE schema_serves (
    id    INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    since INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO schema_serves (id, since) VALUES (1, 19);
