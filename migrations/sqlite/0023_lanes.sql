-- Exceptions of a lane, and the mode of those that are over (docs/adr/0017-open-work-is-kept-in-memory.md).

-- The dimensions that stand for a shipment: by them a lane finds its shipments without a look at each of them.
ALTER TABLE measure_subjects ADD COLUMN dims INTEGER; -- measure_dims
UPDATE measure_subjects SET dims = told.dims
FROM (SELECT subject, dims, max(seq) FROM measure_log GROUP BY subject) AS told
WHERE told.subject = measure_subjects.number;
CREATE INDEX measure_subjects_by_dims ON measure_subjects (dims, shipment_id);

-- Of a shipment, over ones too.
DROP INDEX exceptions_by_shipment;
CREATE INDEX exceptions_by_shipment ON exceptions (environment, shipment_id) WHERE shipment_id IS NOT NULL;

-- The mode of an exception is its shipment's, also when it is over.
DROP TRIGGER open_work_of_another_mode;
CREATE TRIGGER open_work_of_another_mode AFTER UPDATE OF mode ON shipments WHEN OLD.mode <> NEW.mode
BEGIN
    INSERT INTO open_changes (what, row)
    SELECT 1, rowid FROM exceptions WHERE environment = NEW.environment AND shipment_id = NEW.id;
END;

-- How much of each source is in quarantine.
CREATE INDEX quarantine_by_source ON quarantine (environment, source) WHERE state = 'open';
