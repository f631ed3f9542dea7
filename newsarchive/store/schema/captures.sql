-- The last whole answer under a target URI: what a revisit refers to, and the validators of a conditional request.
CREATE TABLE IF NOT EXISTS capture (
    url            TEXT PRIMARY KEY,
    record_id      TEXT NOT NULL,
    captured_at    TEXT NOT NULL,
    payload_digest TEXT NOT NULL,
    etag           TEXT,
    last_modified  TEXT
) WITHOUT ROWID;
