-- WARC files that hold answers in `capture`. The folder within the collection follows from the name. Bytes: the size of
-- the closed file; null while it is open, or where its crawl was killed.
CREATE TABLE IF NOT EXISTS capture_file (
    id         INTEGER PRIMARY KEY,
    collection TEXT NOT NULL,
    name       TEXT NOT NULL,
    bytes      INTEGER,
    UNIQUE (collection, name)
);

-- The last whole answer under a target URI in a collection: the original of revisits, and the validators of conditional
-- requests. Address: of the article page, where a redirect led from it to the target URI. A foreign WARC file that was
-- read for its links has no record here, and no file. Reason: of its rejection; NULL for an article and for all else.
CREATE TABLE IF NOT EXISTS capture (
    url            TEXT NOT NULL,
    collection     TEXT NOT NULL,
    record_id      TEXT NOT NULL,
    captured_at    TEXT NOT NULL,
    payload_digest TEXT NOT NULL,
    etag           TEXT,
    last_modified  TEXT,
    address        TEXT,
    file           INTEGER,
    record_offset  INTEGER,
    reason         TEXT,
    PRIMARY KEY (url, collection)
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS capture_of_file ON capture (file) WHERE file IS NOT NULL;
