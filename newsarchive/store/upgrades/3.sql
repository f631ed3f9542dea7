-- A page knows the source on whose word it is captured again.
ALTER TABLE page ADD COLUMN announced_by TEXT;
