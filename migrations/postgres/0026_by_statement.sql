-- What many rows cost together (docs/adr/0035-rows-are-noted-by-the-statement.md).

-- `total` by what the server adds up itself: a function in SQL was called anew for each row, at some two microseconds each. What is
-- strict leaves out nothing known. A bigint becomes what it is added to by itself.
DROP AGGREGATE total(bigint);
CREATE OR REPLACE AGGREGATE total(double precision)
    (SFUNC = float8pl, STYPE = double precision, INITCOND = '0', COMBINEFUNC = float8pl, PARALLEL = SAFE);

-- What changed of what waits is noted once for each statement, not once for each of its rows (0020 and 0025 told which). A
-- plan is kept from one statement to the next, however many rows they have, so loops within loops are no choice.
CREATE FUNCTION note_new_shipments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO open_changes (seq, what, row)
    SELECT (SELECT coalesce(max(seq), 0) FROM open_changes) + row_number() OVER (), 0, n.rowid FROM newer AS n
    WHERE n.unproven = 1 OR n.ready_at IS NOT NULL OR n.unbilled = 1 OR n.pod_validated = 1
        OR (n.history = 0 AND n.stage IN ('dispatched', 'in_transit', 'invoiced'));
    RETURN NULL;
END $$;
CREATE FUNCTION note_changed_shipments() RETURNS trigger LANGUAGE plpgsql SET enable_hashjoin = on SET enable_nestloop = off AS $$
BEGIN
    INSERT INTO open_changes (seq, what, row)
    SELECT (SELECT coalesce(max(seq), 0) FROM open_changes) + row_number() OVER (), 0, n.rowid
    FROM newer AS n JOIN older AS o ON o.rowid = n.rowid
    WHERE (o.unproven = 1 OR o.ready_at IS NOT NULL OR o.unbilled = 1 OR o.pod_validated = 1
            OR (o.history = 0 AND o.stage IN ('dispatched', 'in_transit', 'invoiced'))
            OR n.unproven = 1 OR n.ready_at IS NOT NULL OR n.unbilled = 1 OR n.pod_validated = 1
            OR (n.history = 0 AND n.stage IN ('dispatched', 'in_transit', 'invoiced')))
        AND (o.unproven, o.ready_at, o.pod_validated_at, o.dispatched_at, o.delivered_at, o.unbilled, o.stage,
             o.holds, o.awaiting_pod, o.history, o.sort_at, o.invoiced_at, o.posting_refused, o.pod_validated,
             o.waiting_minor, o.waiting_currency, o.region_id, o.business_unit_id, o.carrier_id, o.mode,
             o.customer_id)
            IS DISTINCT FROM
            (n.unproven, n.ready_at, n.pod_validated_at, n.dispatched_at, n.delivered_at, n.unbilled, n.stage,
             n.holds, n.awaiting_pod, n.history, n.sort_at, n.invoiced_at, n.posting_refused, n.pod_validated,
             n.waiting_minor, n.waiting_currency, n.region_id, n.business_unit_id, n.carrier_id, n.mode,
             n.customer_id);
    RETURN NULL;
END $$;
CREATE FUNCTION note_new_exceptions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO open_changes (seq, what, row)
    SELECT (SELECT coalesce(max(seq), 0) FROM open_changes) + row_number() OVER (), 1, n.rowid FROM newer AS n
    WHERE n.state IN ('open', 'claimed');
    RETURN NULL;
END $$;
CREATE FUNCTION note_changed_exceptions() RETURNS trigger LANGUAGE plpgsql SET enable_hashjoin = on SET enable_nestloop = off AS $$
BEGIN
    INSERT INTO open_changes (seq, what, row)
    SELECT (SELECT coalesce(max(seq), 0) FROM open_changes) + row_number() OVER (), 1, n.rowid
    FROM newer AS n JOIN older AS o ON o.rowid = n.rowid
    WHERE (o.state, o.cause, o.gone_at, o.reopens, o.assignee, o.money_minor, o.currency, o.customer_id, o.carrier_id,
           o.region_id, o.business_unit_id)
        IS DISTINCT FROM
          (n.state, n.cause, n.gone_at, n.reopens, n.assignee, n.money_minor, n.currency, n.customer_id, n.carrier_id,
           n.region_id, n.business_unit_id);
    RETURN NULL;
END $$;
DROP TRIGGER open_work_of_a_new_shipment ON shipments;
CREATE TRIGGER open_work_of_new_shipments AFTER INSERT ON shipments
    REFERENCING NEW TABLE AS newer FOR EACH STATEMENT EXECUTE FUNCTION note_new_shipments();
DROP TRIGGER open_work_of_a_shipment ON shipments;
CREATE TRIGGER open_work_of_shipments AFTER UPDATE ON shipments
    REFERENCING OLD TABLE AS older NEW TABLE AS newer FOR EACH STATEMENT EXECUTE FUNCTION note_changed_shipments();
DROP TRIGGER open_work_of_a_new_exception ON exceptions;
CREATE TRIGGER open_work_of_new_exceptions AFTER INSERT ON exceptions
    REFERENCING NEW TABLE AS newer FOR EACH STATEMENT EXECUTE FUNCTION note_new_exceptions();
DROP TRIGGER open_work_of_an_exception ON exceptions;
CREATE TRIGGER open_work_of_exceptions AFTER UPDATE ON exceptions
    REFERENCING OLD TABLE AS older NEW TABLE AS newer FOR EACH STATEMENT EXECUTE FUNCTION note_changed_exceptions();

-- A shipment is written anew with every few events of it: packing its two kilobytes each time took longer than writing them.
ALTER TABLE shipments SET (toast_tuple_target = 8160);
