-- PostgreSQL's triggers note changed rows by the statement; here a row is noted where it is written.
SELECT 1;
