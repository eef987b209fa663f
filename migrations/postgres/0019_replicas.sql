-- Many processes on one database (docs/replicas.md).

-- Who does which of Waybill's own work. Times are the database's own.
CREATE TABLE leases (
    name   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    holder TEXT COLLATE "C" NOT NULL,             -- a process; empty: nobody
    token  BIGINT NOT NULL,          -- one more at each change of the holder: what an earlier one writes late is refused by it
    until  BIGINT NOT NULL
);

-- Failed sign-ins of a name or of an address.
CREATE TABLE sign_in_tries (
    kind     TEXT COLLATE "C" NOT NULL CHECK (kind IN ('name', 'address')),
    who      TEXT COLLATE "C" NOT NULL,
    failures BIGINT NOT NULL,
    last     BIGINT NOT NULL,
    until    BIGINT NOT NULL,        -- no sooner may they try again
    PRIMARY KEY (kind, who)
);
CREATE INDEX sign_in_tries_last ON sign_in_tries (last);

-- What keys have asked for, where several processes answer: the next request is on time from then on.
CREATE TABLE key_rates (
    api_key TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    due     BIGINT NOT NULL
);

-- Words on what a form came to, for the page after it.
CREATE TABLE flashes (
    id    TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    actor TEXT COLLATE "C" NOT NULL,
    until BIGINT NOT NULL,
    words TEXT COLLATE "C" NOT NULL
);
CREATE INDEX flashes_until ON flashes (until);

-- Builds that know this version of the schema or a later one can serve it, also when it is newer than what they know.
-- A migration after which they no longer can says so here.
CREATE TABLE schema_serves (
    id    BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    since BIGINT NOT NULL
);
INSERT INTO schema_serves (id, since) VALUES (1, 19);

-- SQLite's name for what its clock says.
CREATE FUNCTION unixepoch(text) RETURNS double precision LANGUAGE sql VOLATILE AS
    $$ SELECT CAST(extract(epoch FROM clock_timestamp()) AS double precision) $$;
