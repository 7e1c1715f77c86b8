-- The city's database, version 1. Times are Unix seconds in UTC; hashes lower-case hex SHA-256.
-- Families and extensions are chosen at each start and leave no trace here.

-- One row: names this database, so that a cursor of another one is recognised.
CREATE TABLE city (
  id       INTEGER PRIMARY KEY CHECK (id = 1),
  instance TEXT NOT NULL
) STRICT;

CREATE TABLE agencies (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE cases (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,  -- the service_request_id
  token          TEXT UNIQUE,                        -- what the citizen got instead of the number
  numbered       INTEGER NOT NULL CHECK (numbered IN (0, 1)), -- 1: the public may know the number
  token_polls    INTEGER NOT NULL DEFAULT 0,
  service_code   TEXT NOT NULL,
  state          TEXT NOT NULL,
  asked_in       TEXT,                               -- the state in which the open question was asked
  requested      INTEGER NOT NULL,
  updated        INTEGER NOT NULL,
  change         INTEGER NOT NULL UNIQUE,            -- grows over all cases: the order of requests/changes
  verified       INTEGER,
  due            INTEGER,
  outcome        TEXT,
  outcome_text   TEXT,
  duplicate_of   INTEGER REFERENCES cases,
  agency_id      INTEGER REFERENCES agencies,
  track          TEXT,
  description    TEXT,
  lat            REAL,
  long           REAL,
  address        TEXT,
  address_id     TEXT,
  media_url      TEXT,                               -- a link that the citizen gave; pictures are in media
  account_id     TEXT,
  reference_code TEXT,
  title          TEXT,
  urgency        TEXT,
  observed_at    TEXT,                               -- as sent
  queued_at      TEXT,                               -- as sent
  channel        TEXT,
  publication    TEXT NOT NULL,
  identity       TEXT NOT NULL,
  place_words    TEXT,
  accuracy_m     REAL,
  owner_hash     TEXT,
  rating         TEXT,
  fixed          TEXT
) STRICT;
CREATE INDEX cases_by_time ON cases (requested, id);

CREATE TABLE co_agencies (
  case_id   INTEGER NOT NULL REFERENCES cases,
  agency_id INTEGER NOT NULL REFERENCES agencies,
  PRIMARY KEY (case_id, agency_id)
) STRICT, WITHOUT ROWID;

-- Answers to a service's questions; several rows for a multivaluelist.
CREATE TABLE attributes (
  case_id  INTEGER NOT NULL REFERENCES cases,
  position INTEGER NOT NULL,
  code     TEXT NOT NULL,
  value    TEXT NOT NULL,
  PRIMARY KEY (case_id, position)
) STRICT, WITHOUT ROWID;

-- Who filed it, apart from the case: nothing that answers the public reads this table.
CREATE TABLE contacts (
  case_id    INTEGER PRIMARY KEY REFERENCES cases,
  first_name TEXT,
  last_name  TEXT,
  email      TEXT,
  phone      TEXT,
  device_id  TEXT
) STRICT;

CREATE TABLE events (
  id           TEXT PRIMARY KEY,
  case_id      INTEGER NOT NULL REFERENCES cases,
  seq          INTEGER NOT NULL,
  at           INTEGER NOT NULL,
  kind         TEXT NOT NULL,
  actor_type   TEXT NOT NULL,
  actor_unit   TEXT,
  visibility   TEXT NOT NULL,
  reason_code  TEXT,
  text         TEXT,
  due          INTEGER,
  outcome      TEXT,
  duplicate_of INTEGER REFERENCES cases,
  UNIQUE (case_id, seq)
) STRICT;
CREATE TRIGGER events_never_change BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER events_never_go BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are never removed'); END;

-- A picture belongs to the event that brought it. The bytes lie in the folder media, named by their hash.
CREATE TABLE media (
  id           TEXT PRIMARY KEY,     -- 128 random bits: who has the link may see the picture
  event_id     TEXT NOT NULL REFERENCES events,
  position     INTEGER NOT NULL,
  kind         TEXT NOT NULL,
  content_type TEXT NOT NULL,
  bytes        INTEGER NOT NULL,
  sha256       TEXT NOT NULL,
  UNIQUE (event_id, position)
) STRICT;

-- One row a client_request_id, for ever, whatever was sent under it.
CREATE TABLE keys (
  client_request_id TEXT PRIMARY KEY,
  purpose           TEXT NOT NULL,
  case_id           INTEGER NOT NULL REFERENCES cases,
  event_id          TEXT NOT NULL REFERENCES events,
  content_sha256    TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX keys_by_case ON keys (case_id);

CREATE TABLE audit (
  id       INTEGER PRIMARY KEY,
  at       INTEGER NOT NULL,
  operator TEXT NOT NULL,
  case_id  INTEGER REFERENCES cases,
  action   TEXT NOT NULL,
  detail   TEXT
) STRICT;
CREATE INDEX audit_by_case ON audit (case_id, id);
CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is never changed'); END;
CREATE TRIGGER audit_never_goes BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is never removed'); END;
