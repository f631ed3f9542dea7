-- A page knows the source on whose word it is captured again.
ALTER TABLE page ADD COLUMN announced_by TEXT;
-- Nobody asks for the sources of all outlets at once.
DROP INDEX IF EXISTS source_due;
