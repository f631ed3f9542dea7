-- Every article that a source ever named. The key is half of the SHA-256 of the canonical URL.
-- Rank: 1 new, 2 captured before, 3 of the past. A page on lease is being fetched since that moment.
-- Published: as its source or the page itself says. Live: a live blog. Headline: as its source printed it.
-- Announced by: the source on whose word it is captured again.
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
    rank           INTEGER NOT NULL DEFAULT 1,
    leased         INTEGER,
    crashes        INTEGER NOT NULL DEFAULT 0,
    published      INTEGER,
    last_changed   INTEGER,
    live           INTEGER NOT NULL DEFAULT 0,
    headline       TEXT,
    announced_by   TEXT,
    PRIMARY KEY (outlet, key)
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS page_ready ON page (outlet, rank, due, published DESC) WHERE due IS NOT NULL AND leased IS NULL;
CREATE INDEX IF NOT EXISTS page_announced ON page (outlet, announced_by) WHERE announced_by IS NOT NULL;
CREATE INDEX IF NOT EXISTS page_leased ON page (outlet) WHERE leased IS NOT NULL;

-- Further sources that a source named, such as the children of a sitemap index, until they have been read.
CREATE TABLE IF NOT EXISTS lead (
    outlet TEXT NOT NULL,
    url    TEXT NOT NULL,
    kind   TEXT NOT NULL,
    via    TEXT NOT NULL,
    due    INTEGER NOT NULL,
    leased INTEGER,
    tries  INTEGER NOT NULL DEFAULT 0,
    steps  INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (outlet, url)
) WITHOUT ROWID;

-- Requests for the past that an outlet may still make; they come in over the day.
CREATE TABLE IF NOT EXISTS allowance (
    outlet  TEXT PRIMARY KEY,
    per_day INTEGER NOT NULL,
    left    REAL NOT NULL,
    at      INTEGER NOT NULL
) WITHOUT ROWID;
