-- PostgreSQL is told to pack nothing twice; SQLite packs nothing.
SELECT 1;
