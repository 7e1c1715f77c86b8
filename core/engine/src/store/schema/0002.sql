-- Version 2. Full-text search over reports, and cases of others that are followed.
-- A CHECK cannot be changed in place: the table is made anew, as https://sqlite.org/lang_altertable.html says.

CREATE TABLE report_new (
    number          INTEGER PRIMARY KEY AUTOINCREMENT,
    id              TEXT NOT NULL UNIQUE,
    reference_code  TEXT NOT NULL UNIQUE,
    city_id         TEXT NOT NULL REFERENCES city (id),
    account_id      TEXT NOT NULL,
    phase           TEXT NOT NULL CHECK (phase IN ('draft', 'submitted', 'followed')),
    channel         TEXT NOT NULL,
    practice        INTEGER NOT NULL DEFAULT 0 CHECK (practice IN (0, 1)),
    created_at      INTEGER NOT NULL,
    created_zone    TEXT NOT NULL,
    updated_at      INTEGER NOT NULL,
    queued_at       INTEGER,
    service         TEXT,
    title           TEXT,
    text            TEXT NOT NULL DEFAULT '',
    urgency         TEXT NOT NULL,
    observed_at     INTEGER NOT NULL,
    lat             REAL,
    lon             REAL,
    accuracy_m      REAL,
    place_source    TEXT,
    place_words     TEXT,
    identity_choice TEXT NOT NULL,
    publication     TEXT NOT NULL,
    identity_id     INTEGER REFERENCES identity (id),
    on_behalf_of    INTEGER REFERENCES identity (id),
    owner_sealed    BLOB NOT NULL,
    owner_hash      TEXT NOT NULL,
    definition      TEXT,
    indexed         TEXT,
    index_owed      INTEGER NOT NULL DEFAULT 1 CHECK (index_owed IN (0, 1)),
    FOREIGN KEY (city_id, account_id) REFERENCES account (city_id, id)
) STRICT;

-- Numbers of forgotten drafts are not used again.
INSERT INTO sqlite_sequence (name, seq) SELECT 'report_new', seq FROM sqlite_sequence WHERE name = 'report';
INSERT INTO report_new (
    number, id, reference_code, city_id, account_id, phase, channel, practice, created_at, created_zone, updated_at,
    queued_at, service, title, text, urgency, observed_at, lat, lon, accuracy_m, place_source, place_words,
    identity_choice, publication, identity_id, on_behalf_of, owner_sealed, owner_hash, definition
)
SELECT
    number, id, reference_code, city_id, account_id, phase, channel, practice, created_at, created_zone, updated_at,
    queued_at, service, title, text, urgency, observed_at, lat, lon, accuracy_m, place_source, place_words,
    identity_choice, publication, identity_id, on_behalf_of, owner_sealed, owner_hash, definition
FROM report ORDER BY number;
DROP TABLE report;
ALTER TABLE report_new RENAME TO report;
CREATE INDEX report_index_owed ON report (number) WHERE index_owed = 1;

CREATE VIRTUAL TABLE report_words USING fts5 (
    words, content = '', detail = none, columnsize = 0, tokenize = 'ascii'
);
INSERT INTO report_words (report_words, rank) VALUES ('secure-delete', 1);

CREATE TRIGGER report_forgotten AFTER DELETE ON report WHEN old.indexed IS NOT NULL BEGIN
    INSERT INTO report_words (report_words, rowid, words) VALUES ('delete', old.number, old.indexed);
END;
CREATE TRIGGER city_case_begun AFTER INSERT ON city_case WHEN new.number IS NOT NULL BEGIN
    UPDATE report SET index_owed = 1 WHERE id = new.report_id;
END;
CREATE TRIGGER city_case_numbered AFTER UPDATE OF number ON city_case WHEN new.number IS NOT old.number BEGIN
    UPDATE report SET index_owed = 1 WHERE id = new.report_id;
END;
