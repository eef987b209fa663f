-- From when the clocks run that still do: rows behind a figure tell how long they have waited by its own clock
-- (docs/adr/0030-a-row-waits-by-the-clock-of-its-figure.md).

-- Delivered, a POD asked for, and none has ever come: what K5 waits for, billed or not.
ALTER TABLE shipments ADD COLUMN unproven INTEGER NOT NULL DEFAULT 0 CHECK (unproven IN (0, 1));
-- Since when nothing holds it from being invoiced: what K2a waits for.
ALTER TABLE shipments ADD COLUMN ready_at INTEGER;
-- Since when a good POD is there that is not invoiced: what K4 waits for.
ALTER TABLE shipments ADD COLUMN pod_validated_at INTEGER;
UPDATE shipments SET pod_validated_at = coalesce(state ->> '$.f.f.pod_validated[0][0]', state ->> '$.f.f.pod_validated[0]')
WHERE environment IN ('live', 'demo', 'sandbox') AND pod_validated = 1;
-- The first dispatch starts a clock, and a later one does not start it anew.
UPDATE shipments SET dispatched_at =
    coalesce((SELECT e.value ->> 1 FROM json_each(state, '$.e') AS e WHERE e.value ->> 0 = 'dispatched'), dispatched_at)
WHERE dispatched_at IS NOT NULL AND state -> '$.e' IS NOT NULL;
CREATE INDEX shipments_running ON shipments (environment, unproven, ready_at) WHERE unproven = 1 OR ready_at IS NOT NULL;
-- What a contract asks for is not known here: all that is anybody's work is looked at again.
INSERT INTO sweeps (environment, version, after) SELECT DISTINCT environment, 0, 0 FROM shipments WHERE history = 0
ON CONFLICT (environment) DO UPDATE SET after = 0;

-- They are open work like the rest (0011): whoever keeps a copy follows it.
DROP TRIGGER open_work_of_a_shipment;
CREATE TRIGGER open_work_of_a_shipment
AFTER UPDATE OF unproven, ready_at, pod_validated_at, dispatched_at, delivered_at, unbilled, stage, holds, awaiting_pod, history, sort_at, invoiced_at, posting_refused, pod_validated, waiting_minor, waiting_currency,
    region_id, business_unit_id, carrier_id, mode, customer_id ON shipments
WHEN (OLD.unproven OR NEW.unproven OR OLD.ready_at IS NOT NULL OR NEW.ready_at IS NOT NULL OR OLD.unbilled OR NEW.unbilled OR OLD.pod_validated OR NEW.pod_validated OR (OLD.history = 0 AND OLD.stage IN ('dispatched', 'in_transit', 'invoiced'))
      OR (NEW.history = 0 AND NEW.stage IN ('dispatched', 'in_transit', 'invoiced')))
    AND (OLD.unproven <> NEW.unproven OR OLD.ready_at IS NOT NEW.ready_at OR OLD.pod_validated_at IS NOT NEW.pod_validated_at
         OR OLD.dispatched_at IS NOT NEW.dispatched_at OR OLD.delivered_at IS NOT NEW.delivered_at
         OR OLD.unbilled <> NEW.unbilled OR OLD.stage <> NEW.stage OR OLD.holds <> NEW.holds OR OLD.awaiting_pod <> NEW.awaiting_pod
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
WHEN NEW.unproven OR NEW.ready_at IS NOT NULL OR NEW.unbilled OR NEW.pod_validated OR (NEW.history = 0 AND NEW.stage IN ('dispatched', 'in_transit', 'invoiced'))
BEGIN
    INSERT INTO open_changes (what, row) VALUES (0, NEW.rowid);
END;
