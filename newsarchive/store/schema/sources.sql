-- Every source of every outlet: what its looks gave, and when it is looked at again.
CREATE TABLE IF NOT EXISTS source (
    outlet        TEXT NOT NULL,
    url           TEXT NOT NULL,
    kind          TEXT NOT NULL,
    via           TEXT,
    next_poll     INTEGER NOT NULL,
    shortest      INTEGER NOT NULL,
    longest       INTEGER NOT NULL,
    worth         INTEGER NOT NULL,
    rhythm        BLOB NOT NULL,
    listed        INTEGER NOT NULL DEFAULT 0,
    failures      INTEGER NOT NULL DEFAULT 0,
    not_modified  INTEGER NOT NULL DEFAULT 0,
    nudges        INTEGER NOT NULL DEFAULT 0,
    is_nudged     INTEGER NOT NULL DEFAULT 0,
    digest        TEXT,
    reason        TEXT,
    moved_to      TEXT,
    last_attempt  INTEGER,
    last_success  INTEGER,
    last_whole    INTEGER,
    last_new      INTEGER,
    last_sign     INTEGER,
    lied_at       INTEGER,
    overflowed_at INTEGER,
    PRIMARY KEY (outlet, url)
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS source_of_outlet ON source (outlet, next_poll);

-- Changes of articles that a source announced: how often a capture showed one, how often none, and when the last did.
CREATE TABLE IF NOT EXISTS credit (
    outlet TEXT NOT NULL,
    source TEXT NOT NULL,
    kept   INTEGER NOT NULL,
    vain   INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (outlet, source)
) WITHOUT ROWID;
