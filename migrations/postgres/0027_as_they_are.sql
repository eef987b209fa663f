-- What is packed already is kept as it is: figures that read all of a year spent most of their time unpacking it a second time. What was written
-- before stays as it was until it is written anew.
ALTER TABLE measure_chunks ALTER COLUMN records SET STORAGE EXTERNAL;
ALTER TABLE measure_cells ALTER COLUMN cells SET STORAGE EXTERNAL;
