-- What each outlet is like, by its own history. Moments are seconds since 1970, days are counted since 1970, UTC.
CREATE TABLE IF NOT EXISTS health (
    outlet          TEXT PRIMARY KEY,
    first_attempt   INTEGER,
    last_attempt    INTEGER,
    last_success    INTEGER,
    last_new        INTEGER,
    learned_until   INTEGER,
    longest_silence INTEGER NOT NULL,
    rhythm          TEXT NOT NULL,
    pages           TEXT NOT NULL
) WITHOUT ROWID;

-- Its days in sums; pages and delays are counted by class (JSON).
CREATE TABLE IF NOT EXISTS health_day (
    outlet         TEXT NOT NULL,
    day            INTEGER NOT NULL,
    polls          INTEGER NOT NULL,
    sources_failed INTEGER NOT NULL,
    articles       INTEGER NOT NULL,
    requests       INTEGER NOT NULL,
    octets         INTEGER NOT NULL,
    pages          TEXT NOT NULL,
    delays         TEXT NOT NULL,
    PRIMARY KEY (outlet, day)
) WITHOUT ROWID;

-- What a person must see, and when it was last told. One that is over stays until that was told, too.
CREATE TABLE IF NOT EXISTS finding (
    outlet    TEXT NOT NULL,
    cause     TEXT NOT NULL,
    since     INTEGER NOT NULL,
    what      TEXT NOT NULL,
    told_at   INTEGER,
    is_over   INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (outlet, cause)
) WITHOUT ROWID;

-- Counted since the state was made, for the metrics.
CREATE TABLE IF NOT EXISTS total (
    outlet  TEXT NOT NULL,
    measure TEXT NOT NULL,
    reason  TEXT NOT NULL,
    amount  INTEGER NOT NULL,
    PRIMARY KEY (outlet, measure, reason)
) WITHOUT ROWID;

-- What the crawls of each outlet brought, and what was due in vain since the last article; reasons are counts (JSON).
CREATE TABLE IF NOT EXISTS arrival (
    outlet         TEXT PRIMARY KEY,
    last           INTEGER,
    last_new       INTEGER,
    since          INTEGER,
    crawls         INTEGER NOT NULL,
    pages          INTEGER NOT NULL,
    reasons        TEXT NOT NULL,
    unread         INTEGER NOT NULL,
    unread_reasons TEXT NOT NULL,
    asked          INTEGER NOT NULL,
    lost           TEXT NOT NULL
) WITHOUT ROWID;
