-- What changed of what waits: by it a copy of the open work that is kept in memory follows each commit, whoever made it
-- (docs/adr/0017-open-work-is-kept-in-memory.md). Whoever is further behind than what is kept here reads all of it again.
-- A migration that makes one of these tables anew makes its triggers anew.
CREATE TABLE open_changes (
    seq  INTEGER PRIMARY KEY,
    what INTEGER NOT NULL CHECK (what IN (0, 1)), -- 0: a shipment, 1: an exception
    row  INTEGER NOT NULL                         -- its rowid
);

CREATE TRIGGER open_work_of_a_new_shipment AFTER INSERT ON shipments
WHEN NEW.unbilled OR (NEW.history = 0 AND NEW.stage IN ('dispatched', 'in_transit', 'invoiced'))
BEGIN
    INSERT INTO open_changes (what, row) VALUES (0, NEW.rowid);
END;

-- An update that names none of these columns does not run it.
CREATE TRIGGER open_work_of_a_shipment
AFTER UPDATE OF unbilled, stage, holds, awaiting_pod, history, sort_at, invoiced_at, waiting_minor, waiting_currency, region_id,
    business_unit_id, carrier_id, mode, customer_id ON shipments
WHEN (OLD.unbilled OR NEW.unbilled OR (OLD.history = 0 AND OLD.stage IN ('dispatched', 'in_transit', 'invoiced'))
      OR (NEW.history = 0 AND NEW.stage IN ('dispatched', 'in_transit', 'invoiced')))
    AND (OLD.unbilled <> NEW.unbilled OR OLD.stage <> NEW.stage OR OLD.holds <> NEW.holds OR OLD.awaiting_pod <> NEW.awaiting_pod
         OR OLD.history <> NEW.history OR OLD.sort_at <> NEW.sort_at OR OLD.invoiced_at IS NOT NEW.invoiced_at
         OR OLD.waiting_minor IS NOT NEW.waiting_minor OR OLD.waiting_currency IS NOT NEW.waiting_currency
         OR OLD.region_id <> NEW.region_id OR OLD.business_unit_id <> NEW.business_unit_id OR OLD.carrier_id <> NEW.carrier_id
         OR OLD.mode <> NEW.mode OR OLD.customer_id <> NEW.customer_id)
BEGIN
    INSERT INTO open_changes (what, row) VALUES (0, NEW.rowid);
END;

CREATE TRIGGER open_work_of_a_new_exception AFTER INSERT ON exceptions WHEN NEW.state IN ('open', 'claimed')
BEGIN
    INSERT INTO open_changes (what, row) VALUES (1, NEW.rowid);
END;

CREATE TRIGGER open_work_of_an_exception
AFTER UPDATE OF state, cause, money_minor, currency, customer_id, carrier_id, region_id, business_unit_id ON exceptions
BEGIN
    INSERT INTO open_changes (what, row) VALUES (1, NEW.rowid);
END;

-- The mode of an exception is its shipment's.
CREATE TRIGGER open_work_of_another_mode AFTER UPDATE OF mode ON shipments WHEN OLD.mode <> NEW.mode
BEGIN
    INSERT INTO open_changes (what, row)
    SELECT 1, rowid FROM exceptions
    WHERE environment = NEW.environment AND shipment_id = NEW.id AND state IN ('open', 'claimed');
END;
