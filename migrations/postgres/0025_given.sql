-- To whom open work is given is told with it: whoever keeps a copy of it (0011) follows that too.
DROP TRIGGER open_work_of_an_exception ON exceptions;
CREATE TRIGGER open_work_of_an_exception
    AFTER UPDATE OF state, cause, gone_at, reopens, assignee, money_minor, currency, customer_id, carrier_id, region_id,
        business_unit_id ON exceptions
    FOR EACH ROW EXECUTE FUNCTION note_open_change(1);
