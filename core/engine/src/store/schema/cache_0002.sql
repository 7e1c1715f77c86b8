-- Version 2 of the second file: one list of services a jurisdiction; what a city shows to everybody. A primary key
-- cannot be changed in place, and what the city can give again need not be carried over: but it may be wanted offline.

ALTER TABLE service RENAME TO service_1;
CREATE TABLE service (
    city_id         TEXT NOT NULL,
    jurisdiction_id TEXT NOT NULL,
    language        TEXT NOT NULL,
    position        INTEGER NOT NULL,
    code            TEXT NOT NULL,
    name            TEXT NOT NULL,
    description     TEXT,
    grp             TEXT,
    keywords        TEXT NOT NULL DEFAULT '',
    service_type    TEXT NOT NULL,
    has_definition  INTEGER NOT NULL CHECK (has_definition IN (0, 1)),
    PRIMARY KEY (city_id, jurisdiction_id, language, code)
) STRICT, WITHOUT ROWID;
INSERT INTO service SELECT city_id, '', language, position, code, name, description, grp, keywords, service_type,
    has_definition FROM service_1;
DROP TABLE service_1;

ALTER TABLE service_list RENAME TO service_list_1;
CREATE TABLE service_list (
    city_id         TEXT NOT NULL,
    jurisdiction_id TEXT NOT NULL,
    language        TEXT NOT NULL,
    fetched_at      INTEGER NOT NULL,
    PRIMARY KEY (city_id, jurisdiction_id, language)
) STRICT, WITHOUT ROWID;
INSERT INTO service_list SELECT city_id, '', language, fetched_at FROM service_list_1;
DROP TABLE service_list_1;

ALTER TABLE definition RENAME TO definition_1;
CREATE TABLE definition (
    city_id         TEXT NOT NULL,
    jurisdiction_id TEXT NOT NULL,
    code            TEXT NOT NULL,
    body            TEXT NOT NULL,
    fetched_at      INTEGER NOT NULL,
    PRIMARY KEY (city_id, jurisdiction_id, code)
) STRICT, WITHOUT ROWID;
INSERT INTO definition SELECT city_id, '', code, body, fetched_at FROM definition_1;
DROP TABLE definition_1;

CREATE TABLE public_page (
    city_id         TEXT NOT NULL,
    jurisdiction_id TEXT NOT NULL,
    kind            TEXT NOT NULL CHECK (kind IN ('announcements', 'feed', 'numbers')),
    asked           TEXT NOT NULL,
    body            TEXT NOT NULL,
    as_of           INTEGER NOT NULL,
    PRIMARY KEY (city_id, jurisdiction_id, kind, asked)
) STRICT, WITHOUT ROWID;
