-- From when the clocks run that still do: rows behind a figure tell how long they have waited by its own clock
-- (docs/adr/0030-a-row-waits-by-the-clock-of-its-figure.md).

-- Delivered, a POD asked for, and none has ever come: what K5 waits for, billed or not.
ALTER TABLE shipments ADD COLUMN unproven SMALLINT NOT NULL DEFAULT 0 CHECK (unproven IN (0, 1));
-- Since when nothing holds it from being invoiced: what K2a waits for.
ALTER TABLE shipments ADD COLUMN ready_at BIGINT;
-- Since when a good POD is there that is not invoiced: what K4 waits for.
ALTER TABLE shipments ADD COLUMN pod_validated_at BIGINT;
UPDATE shipments SET pod_validated_at =
    CAST(coalesce(state::jsonb #>> '{f,f,pod_validated,0,0}', state::jsonb #>> '{f,f,pod_validated,0}') AS BIGINT)
WHERE pod_validated = 1;
-- The first dispatch starts a clock, and a later one does not start it anew.
UPDATE shipments SET dispatched_at =
    coalesce((SELECT CAST(e.value ->> 1 AS BIGINT) FROM jsonb_array_elements(state::jsonb -> 'e') AS e WHERE e.value ->> 0 = 'dispatched'), dispatched_at)
WHERE dispatched_at IS NOT NULL AND state::jsonb -> 'e' IS NOT NULL;
CREATE INDEX shipments_running ON shipments (environment, unproven, ready_at) WHERE unproven = 1 OR ready_at IS NOT NULL;
-- What a contract asks for is not known here: all that is anybody's work is looked at again.
INSERT INTO sweeps (environment, version, after) SELECT DISTINCT environment, 0, 0 FROM shipments WHERE history = 0
ON CONFLICT (environment) DO UPDATE SET after = 0;

-- They are open work like the rest: whoever keeps a copy follows it.
DROP TRIGGER open_work_of_a_shipment ON shipments;
CREATE TRIGGER open_work_of_a_shipment
    AFTER UPDATE OF unproven, ready_at, pod_validated_at, dispatched_at, delivered_at, unbilled, stage, holds, awaiting_pod, history, sort_at, invoiced_at, posting_refused, pod_validated, waiting_minor,
        waiting_currency, region_id, business_unit_id, carrier_id, mode, customer_id ON shipments FOR EACH ROW
    WHEN ((OLD.unproven = 1 OR NEW.unproven = 1 OR OLD.ready_at IS NOT NULL OR NEW.ready_at IS NOT NULL OR OLD.unbilled = 1 OR NEW.unbilled = 1 OR OLD.pod_validated = 1 OR NEW.pod_validated = 1 OR (OLD.history = 0 AND OLD.stage IN ('dispatched', 'in_transit', 'invoiced'))
           OR (NEW.history = 0 AND NEW.stage IN ('dispatched', 'in_transit', 'invoiced')))
          AND (OLD.unproven, OLD.ready_at, OLD.pod_validated_at, OLD.dispatched_at, OLD.delivered_at, OLD.unbilled, OLD.stage, OLD.holds, OLD.awaiting_pod, OLD.history, OLD.sort_at, OLD.invoiced_at, OLD.posting_refused, OLD.pod_validated,
               OLD.waiting_minor, OLD.waiting_currency, OLD.region_id, OLD.business_unit_id, OLD.carrier_id, OLD.mode,
               OLD.customer_id)
              IS DISTINCT FROM
              (NEW.unproven, NEW.ready_at, NEW.pod_validated_at, NEW.dispatched_at, NEW.delivered_at, NEW.unbilled, NEW.stage, NEW.holds, NEW.awaiting_pod, NEW.history, NEW.sort_at, NEW.invoiced_at, NEW.posting_refused, NEW.pod_validated,
               NEW.waiting_minor, NEW.waiting_currency, NEW.region_id, NEW.business_unit_id, NEW.carrier_id, NEW.mode,
               NEW.customer_id))
    EXECUTE FUNCTION note_open_change(0);

DROP TRIGGER open_work_of_a_new_shipment ON shipments;
CREATE TRIGGER open_work_of_a_new_shipment AFTER INSERT ON shipments FOR EACH ROW
    WHEN (NEW.unproven = 1 OR NEW.ready_at IS NOT NULL OR NEW.unbilled = 1 OR NEW.pod_validated = 1
          OR (NEW.history = 0 AND NEW.stage IN ('dispatched', 'in_transit', 'invoiced')))
    EXECUTE FUNCTION note_open_change(0);
