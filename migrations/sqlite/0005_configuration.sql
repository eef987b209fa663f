-- Since which version facts have been folded as in this one: by the same ownership, maps and names.
ALTER TABLE config ADD COLUMN folded_since INTEGER NOT NULL DEFAULT 0;

-- Old data is looked at too: what facts are folded by has changed.
ALTER TABLE sweeps ADD COLUMN whole INTEGER NOT NULL DEFAULT 0 CHECK (whole IN (0, 1));

-- When a source last spoke, to some seconds; old data does not count.
ALTER TABLE sources ADD COLUMN last_at INTEGER;

-- Sources that are expected to speak, by the name that they are configured under, and since when: silence counts from there until
-- the first word.
CREATE TABLE expected_sources (
    environment TEXT    NOT NULL CHECK (environment IN ('live', 'demo', 'sandbox')),
    name        TEXT    NOT NULL,
    since       INTEGER NOT NULL,
    PRIMARY KEY (environment, name)
) WITHOUT ROWID;

-- The calendar in whose hours an exception's due time was counted; empty: around the clock.
ALTER TABLE exceptions ADD COLUMN calendar TEXT NOT NULL DEFAULT '';

-- Unknown codes may be a shipment's too: an event type is told as that.
UPDATE exceptions SET detail = 'event type ' || detail, cause = 'unknown_code:' || substr('event type ' || detail, 1, 80)
WHERE kind = 'unknown_code' AND shipment_id IS NULL;

-- Items that waited in quarantine before there were exceptions are exceptions as well: as if they came in now.
INSERT INTO exceptions (id, environment, subject, kind, cause, detail, state, severity, queue, detected_at, since, due_at, rank)
SELECT lower(substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-4' || substr(h, 14, 3) || '-a' || substr(h, 18, 3) || '-' || substr(h, 21)),
       environment, item, kind, kind || ':' || substr(detail, 1, 80), detail, 'open', 1, 'integration', received_at, received_at,
       received_at + 86400000000, CASE kind WHEN 'unknown_code' THEN 20 ELSE 30 END
FROM (
    SELECT hex(randomblob(16)) AS h, q.environment, q.id AS item, q.received_at,
           CASE q.code WHEN 'type_unknown' THEN 'unknown_code' ELSE 'data_defect' END AS kind,
           CASE WHEN q.code = 'type_unknown' THEN 'event type ' || substr(coalesce(q.event_type, ''), 1, 80)
                WHEN q.source IS NULL THEN q.code
                ELSE q.code || ' from ' || substr(q.source, 1, 80) END AS detail
    FROM quarantine AS q
    WHERE q.state = 'open' AND q.history = 0
      AND NOT EXISTS (SELECT 1 FROM exceptions AS e WHERE e.environment = q.environment AND e.subject = q.id)
) AS waiting;
