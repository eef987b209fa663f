-- What these held stands in measure_log and measure_cells (0009).
DROP TABLE measures;
DROP TABLE measure_weeks;
DELETE FROM projections WHERE name = 'measures';
