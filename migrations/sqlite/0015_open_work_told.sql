-- What the ERP said last of an invoice that it has not confirmed: refused, or nothing. K7 tells both apart by this, whatever people
-- decided about the exception.
ALTER TABLE shipments ADD COLUMN posting_refused INTEGER NOT NULL DEFAULT 0 CHECK (posting_refused IN (0, 1));
UPDATE shipments SET posting_refused = 1
WHERE environment IN ('live', 'demo', 'sandbox') AND stage = 'invoiced' AND state -> '$.f.f.erp_posting_failed' IS NOT NULL;

-- A POD that was checked and found good, and is not invoiced: what K4 waits for.
ALTER TABLE shipments ADD COLUMN pod_validated INTEGER NOT NULL DEFAULT 0 CHECK (pod_validated IN (0, 1));
UPDATE shipments SET pod_validated = 1
WHERE environment IN ('live', 'demo', 'sandbox') AND stage = 'pod_received' AND history = 0
    AND coalesce(state ->> '$.f.f.pod_validated[0][0]', state ->> '$.f.f.pod_validated[0]')
        > coalesce(state ->> '$.f.f.pod_rejected[0][0]', state ->> '$.f.f.pod_rejected[0]', -9223372036854775808);
DROP INDEX shipments_unbilled;
CREATE INDEX shipments_unbilled ON shipments
    (environment, sort_at, id, region_id, business_unit_id, unbilled, awaiting_pod, carrier_id, customer_id, mode, holds,
     waiting_currency, waiting_minor, pod_validated)
    WHERE unbilled = 1 OR awaiting_pod = 1 OR pod_validated = 1;

-- Both are open work like the rest (0011): whoever keeps a copy follows it.
DROP TRIGGER open_work_of_a_shipment;
CREATE TRIGGER open_work_of_a_shipment
AFTER UPDATE OF unbilled, stage, holds, awaiting_pod, history, sort_at, invoiced_at, posting_refused, pod_validated, waiting_minor, waiting_currency,
    region_id, business_unit_id, carrier_id, mode, customer_id ON shipments
WHEN (OLD.unbilled OR NEW.unbilled OR OLD.pod_validated OR NEW.pod_validated OR (OLD.history = 0 AND OLD.stage IN ('dispatched', 'in_transit', 'invoiced'))
      OR (NEW.history = 0 AND NEW.stage IN ('dispatched', 'in_transit', 'invoiced')))
    AND (OLD.unbilled <> NEW.unbilled OR OLD.stage <> NEW.stage OR OLD.holds <> NEW.holds OR OLD.awaiting_pod <> NEW.awaiting_pod
         OR OLD.history <> NEW.history OR OLD.sort_at <> NEW.sort_at OR OLD.invoiced_at IS NOT NEW.invoiced_at
         OR OLD.posting_refused <> NEW.posting_refused OR OLD.pod_validated <> NEW.pod_validated
         OR OLD.waiting_minor IS NOT NEW.waiting_minor OR OLD.waiting_currency IS NOT NEW.waiting_currency
         OR OLD.region_id <> NEW.region_id OR OLD.business_unit_id <> NEW.business_unit_id OR OLD.carrier_id <> NEW.carrier_id
         OR OLD.mode <> NEW.mode OR OLD.customer_id <> NEW.customer_id)
BEGIN
    INSERT INTO open_changes (what, row) VALUES (0, NEW.rowid);
END;

DROP TRIGGER open_work_of_a_new_shipment;
CREATE TRIGGER open_work_of_a_new_shipment AFTER INSERT ON shipments
WHEN NEW.unbilled OR NEW.pod_validated OR (NEW.history = 0 AND NEW.stage IN ('dispatched', 'in_transit', 'invoiced'))
BEGIN
    INSERT INTO open_changes (what, row) VALUES (0, NEW.rowid);
END;
