-- What publishers said of the use of their pages, as evidence: where it stood, when it was seen, and in which records.
CREATE TABLE IF NOT EXISTS signal (
    url          TEXT NOT NULL,
    place        TEXT NOT NULL,
    name         TEXT NOT NULL,
    value        TEXT NOT NULL,
    reserves     INTEGER NOT NULL,
    first_seen   INTEGER NOT NULL,
    first_record TEXT,
    last_seen    INTEGER NOT NULL,
    last_record  TEXT,
    PRIMARY KEY (url, place, name, value)
) WITHOUT ROWID;

-- The last tdmrep.json of each host (TDM Reservation Protocol). Without one the body is empty.
CREATE TABLE IF NOT EXISTS tdmrep (
    authority TEXT PRIMARY KEY,
    asked_at  REAL NOT NULL,
    body      BLOB NOT NULL,
    record_id TEXT
);

-- Pages that no export may hold, by the outlet's policy.
CREATE TABLE IF NOT EXISTS withheld (
    outlet TEXT NOT NULL,
    key    TEXT NOT NULL,
    url    TEXT NOT NULL,
    reason TEXT NOT NULL,
    since  INTEGER NOT NULL,
    PRIMARY KEY (outlet, key)
) WITHOUT ROWID;
