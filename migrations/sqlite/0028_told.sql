-- On PostgreSQL writers tell one another what they change; here there is one.
SELECT 1;
