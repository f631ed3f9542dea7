-- What is remembered of a host over runs and between processes. Moments are seconds since 1970, with fractions.
CREATE TABLE IF NOT EXISTS host (
    host         TEXT PRIMARY KEY,
    last_turn    REAL,
    last_sent    REAL,
    crawl_delay  REAL,
    closed_until REAL NOT NULL,
    closed_for   TEXT,
    busy         INTEGER NOT NULL,
    failures     INTEGER NOT NULL,
    openings     INTEGER NOT NULL,
    trial_until  REAL NOT NULL
) WITHOUT ROWID;

-- The last good copy of each robots.txt, by scheme, host and port.
CREATE TABLE IF NOT EXISTS robots (
    authority TEXT PRIMARY KEY,
    asked_at  REAL NOT NULL,
    means     TEXT NOT NULL,
    body      BLOB NOT NULL,
    good_at   REAL,
    why       TEXT NOT NULL,
    record_id TEXT
);

-- Requests that an outlet has cost on a day (days since 1970, UTC).
CREATE TABLE IF NOT EXISTS budget (
    outlet TEXT NOT NULL,
    day    INTEGER NOT NULL,
    spent  INTEGER NOT NULL,
    PRIMARY KEY (outlet, day)
) WITHOUT ROWID;

-- The Crawl-delay of each robots.txt of a host: `www.`, other ports and other schemes have their own.
CREATE TABLE IF NOT EXISTS crawl_delay (
    host      TEXT NOT NULL,
    authority TEXT NOT NULL,
    seconds   REAL NOT NULL,
    read_at   REAL NOT NULL,
    PRIMARY KEY (host, authority)
) WITHOUT ROWID;
