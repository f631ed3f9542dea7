-- Pages are leased by the crawl that fetches them.
ALTER TABLE page ADD COLUMN rank INTEGER NOT NULL DEFAULT 1;
ALTER TABLE page ADD COLUMN leased INTEGER;
ALTER TABLE page ADD COLUMN crashes INTEGER NOT NULL DEFAULT 0;
UPDATE page SET rank = 2 WHERE first_captured IS NOT NULL;
DROP INDEX page_due
