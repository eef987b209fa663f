-- What people waive is still there until its cause goes (docs/adr/0034-what-is-waived-is-still-there.md).

-- Of a waived exception: when its cause went, as far as that is known. Before now it is said to have gone with the waiver.
ALTER TABLE exceptions ADD COLUMN gone_at INTEGER;
UPDATE exceptions SET gone_at = closed_at
WHERE state = 'waived' AND shipment_id IS NOT NULL AND NOT EXISTS
    (SELECT 1 FROM shipments AS s, json_each(s.work -> 'e') AS e WHERE s.id = exceptions.shipment_id AND e.value ->> 'i' = exceptions.id);
CREATE INDEX exceptions_accepted ON exceptions (environment, kind)
    WHERE state = 'waived' AND gone_at IS NULL AND shipment_id IS NOT NULL;

-- It is open work (0011): whoever keeps a copy follows it.
DROP TRIGGER open_work_of_an_exception;
CREATE TRIGGER open_work_of_an_exception
AFTER UPDATE OF state, cause, gone_at, money_minor, currency, customer_id, carrier_id, region_id, business_unit_id ON exceptions
BEGIN
    INSERT INTO open_changes (what, row) VALUES (1, NEW.rowid);
END;
