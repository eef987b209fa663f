-- Exceptions of a lane, and the mode of those that are over (docs/adr/0017-open-work-is-kept-in-memory.md).

-- The dimensions that stand for a shipment: by them a lane finds its shipments without a look at each of them.
ALTER TABLE measure_subjects ADD COLUMN dims BIGINT; -- measure_dims
UPDATE measure_subjects SET dims = told.dims
FROM (SELECT DISTINCT ON (subject) subject, dims FROM measure_log ORDER BY subject, seq DESC) AS told
WHERE told.subject = measure_subjects.number;
CREATE INDEX measure_subjects_by_dims ON measure_subjects (dims, shipment_id);

-- A build of before this version may still serve beside this one, and does not say them.
CREATE FUNCTION note_dims() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE measure_subjects AS n SET dims = told.dims
    FROM (SELECT DISTINCT ON (subject) subject, dims FROM appended ORDER BY subject, seq DESC) AS told
    WHERE n.number = told.subject AND n.dims IS DISTINCT FROM told.dims;
    RETURN NULL;
END $$;
CREATE TRIGGER dims_of_a_subject AFTER INSERT ON measure_log REFERENCING NEW TABLE AS appended
    FOR EACH STATEMENT EXECUTE FUNCTION note_dims();

-- Of a shipment, over ones too.
DROP INDEX exceptions_by_shipment;
CREATE INDEX exceptions_by_shipment ON exceptions (environment, shipment_id) WHERE shipment_id IS NOT NULL;

-- The mode of an exception is its shipment's, also when it is over.
CREATE OR REPLACE FUNCTION note_another_mode() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO open_changes (seq, what, row)
    SELECT (SELECT coalesce(max(seq), 0) FROM open_changes) + row_number() OVER (), 1, rowid FROM exceptions
    WHERE environment = NEW.environment AND shipment_id = NEW.id;
    RETURN NULL;
END $$;

-- How much of each source is in quarantine.
CREATE INDEX quarantine_by_source ON quarantine (environment, source) WHERE state = 'open';
