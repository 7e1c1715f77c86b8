-- Version 1 of the second file: what the city can give again.

CREATE TABLE service (
    city_id        TEXT NOT NULL,
    language       TEXT NOT NULL,
    position       INTEGER NOT NULL,
    code           TEXT NOT NULL,
    name           TEXT NOT NULL,
    description    TEXT,
    grp            TEXT,
    keywords       TEXT NOT NULL DEFAULT '',
    service_type   TEXT NOT NULL,
    has_definition INTEGER NOT NULL CHECK (has_definition IN (0, 1)),
    PRIMARY KEY (city_id, language, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE service_list (
    city_id    TEXT NOT NULL,
    language   TEXT NOT NULL,
    fetched_at INTEGER NOT NULL,
    PRIMARY KEY (city_id, language)
) STRICT, WITHOUT ROWID;

CREATE TABLE definition (
    city_id    TEXT NOT NULL,
    code       TEXT NOT NULL,
    body       TEXT NOT NULL,
    fetched_at INTEGER NOT NULL,
    PRIMARY KEY (city_id, code)
) STRICT, WITHOUT ROWID;
