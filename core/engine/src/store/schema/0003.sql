-- Version 3. The case that a city names when it says that a matter is known.

ALTER TABLE refusal ADD COLUMN case_number TEXT;
