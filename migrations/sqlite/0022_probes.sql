-- Whether what was refused for want of room could be written by now: nothing but bytes, which are taken away again.
CREATE TABLE probes (
    id      INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    written BLOB NOT NULL
);
INSERT INTO probes (id, written) VALUES (1, x'');
