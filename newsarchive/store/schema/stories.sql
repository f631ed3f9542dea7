-- What was told lately: to see one text at many addresses, and one story in many outlets. It is forgotten after a while.
CREATE TABLE IF NOT EXISTS story (
    id          INTEGER PRIMARY KEY,
    outlet      TEXT NOT NULL,
    key         BLOB NOT NULL,
    url         TEXT NOT NULL,
    text_digest BLOB NOT NULL,
    sketch      BLOB,
    told_at     INTEGER NOT NULL,
    UNIQUE (outlet, key)
);

CREATE INDEX IF NOT EXISTS story_text ON story (outlet, text_digest);

CREATE INDEX IF NOT EXISTS story_told ON story (told_at);

-- Like sketches share a band, a look-up asks for few of the newest.
CREATE TABLE IF NOT EXISTS story_band (
    band  BLOB NOT NULL,
    story INTEGER NOT NULL,
    PRIMARY KEY (band, story)
) WITHOUT ROWID;

-- Which earlier article a story is a copy of, likeness is per mille.
CREATE TABLE IF NOT EXISTS same_story (
    outlet       TEXT NOT NULL,
    key          BLOB NOT NULL,
    url          TEXT NOT NULL,
    other_outlet TEXT NOT NULL,
    other_url    TEXT NOT NULL,
    likeness     INTEGER NOT NULL,
    seen_at      INTEGER NOT NULL,
    PRIMARY KEY (outlet, key)
) WITHOUT ROWID;

-- Articles that were told, and what speaks against them, a line depends on its own capture alone and cannot say this.
CREATE TABLE IF NOT EXISTS doubt (
    outlet   TEXT NOT NULL,
    key      BLOB NOT NULL,
    reason   TEXT NOT NULL,
    url      TEXT NOT NULL,
    evidence TEXT NOT NULL,
    seen_at  INTEGER NOT NULL,
    PRIMARY KEY (outlet, key, reason)
) WITHOUT ROWID;

-- Other addresses of an article: where it was before it moved, its AMP and print copies, sessions.
CREATE TABLE IF NOT EXISTS alias (
    outlet  TEXT NOT NULL,
    key     BLOB NOT NULL,
    url     TEXT NOT NULL,
    to_key  BLOB NOT NULL,
    to_url  TEXT NOT NULL,
    reason  TEXT NOT NULL CHECK (reason IN ('moved', 'copy')),
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (outlet, key)
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS alias_to ON alias (outlet, to_key);
