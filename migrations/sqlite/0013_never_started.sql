-- Jobs that were prepared and never started: they are forgotten after a day.
CREATE INDEX bulk_jobs_prepared ON bulk_jobs (prepared_at) WHERE state = 'prepared';
