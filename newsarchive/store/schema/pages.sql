-- Every article that a source ever named. The key is half of the SHA-256 of the canonical URL.
CREATE TABLE IF NOT EXISTS page (
    outlet         TEXT NOT NULL,
    key            BLOB NOT NULL,
    url            TEXT NOT NULL,
    via            TEXT,
    source         TEXT,
    standing       TEXT NOT NULL DEFAULT 'pending' CHECK (standing IN ('pending', 'read', 'rejected', 'gone', 'failed')),
    reason         TEXT,
    tries          INTEGER NOT NULL DEFAULT 0,
    first_seen     INTEGER NOT NULL,
    first_captured INTEGER,
    last_captured  INTEGER,
    due            INTEGER,
    text_sha256    TEXT,
    changes        INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (outlet, key)
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS page_due ON page (outlet, due) WHERE due IS NOT NULL;
