-- What the ERP said last of an invoice that it has not confirmed: refused, or nothing. K7 tells both apart by this, whatever people
-- decided about the exception.
ALTER TABLE shipments ADD COLUMN posting_refused SMALLINT NOT NULL DEFAULT 0 CHECK (posting_refused IN (0, 1));
UPDATE shipments SET posting_refused = 1
WHERE stage = 'invoiced' AND state::jsonb #> '{f,f,erp_posting_failed}' IS NOT NULL;

-- A POD that was checked and found good, and is not invoiced: what K4 waits for.
ALTER TABLE shipments ADD COLUMN pod_validated SMALLINT NOT NULL DEFAULT 0 CHECK (pod_validated IN (0, 1));
UPDATE shipments SET pod_validated = 1
WHERE stage = 'pod_received' AND history = 0
    AND CAST(coalesce(state::jsonb #>> '{f,f,pod_validated,0,0}', state::jsonb #>> '{f,f,pod_validated,0}') AS BIGINT)
        > coalesce(CAST(coalesce(state::jsonb #>> '{f,f,pod_rejected,0,0}', state::jsonb #>> '{f,f,pod_rejected,0}') AS BIGINT),
                   -9223372036854775808);
DROP INDEX shipments_unbilled;
CREATE INDEX shipments_unbilled ON shipments
    (environment, sort_at, id, region_id, business_unit_id, unbilled, awaiting_pod, carrier_id, customer_id, mode, holds,
     waiting_currency, waiting_minor, pod_validated)
    WHERE unbilled = 1 OR awaiting_pod = 1 OR pod_validated = 1;

-- Both are open work like the rest: whoever keeps a copy follows it.
DROP TRIGGER open_work_of_a_shipment ON shipments;
CREATE TRIGGER open_work_of_a_shipment
    AFTER UPDATE OF unbilled, stage, holds, awaiting_pod, history, sort_at, invoiced_at, posting_refused, pod_validated, waiting_minor,
        waiting_currency, region_id, business_unit_id, carrier_id, mode, customer_id ON shipments FOR EACH ROW
    WHEN ((OLD.unbilled = 1 OR NEW.unbilled = 1 OR OLD.pod_validated = 1 OR NEW.pod_validated = 1 OR (OLD.history = 0 AND OLD.stage IN ('dispatched', 'in_transit', 'invoiced'))
           OR (NEW.history = 0 AND NEW.stage IN ('dispatched', 'in_transit', 'invoiced')))
          AND (OLD.unbilled, OLD.stage, OLD.holds, OLD.awaiting_pod, OLD.history, OLD.sort_at, OLD.invoiced_at, OLD.posting_refused, OLD.pod_validated,
               OLD.waiting_minor, OLD.waiting_currency, OLD.region_id, OLD.business_unit_id, OLD.carrier_id, OLD.mode,
               OLD.customer_id)
              IS DISTINCT FROM
              (NEW.unbilled, NEW.stage, NEW.holds, NEW.awaiting_pod, NEW.history, NEW.sort_at, NEW.invoiced_at, NEW.posting_refused, NEW.pod_validated,
               NEW.waiting_minor, NEW.waiting_currency, NEW.region_id, NEW.business_unit_id, NEW.carrier_id, NEW.mode,
               NEW.customer_id))
    EXECUTE FUNCTION note_open_change(0);

DROP TRIGGER open_work_of_a_new_shipment ON shipments;
CREATE TRIGGER open_work_of_a_new_shipment AFTER INSERT ON shipments FOR EACH ROW
    WHEN (NEW.unbilled = 1 OR NEW.pod_validated = 1
          OR (NEW.history = 0 AND NEW.stage IN ('dispatched', 'in_transit', 'invoiced')))
    EXECUTE FUNCTION note_open_change(0);
