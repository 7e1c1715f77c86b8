-- The city's database, version 2: agencies with validity, accounts, follow, push, announcements, the public feed.
-- Foreign keys are off while this runs, since two tables are made anew, and checked before it is committed.

-- A reform ends rows and begins others; the name of a row never changes, so an old case keeps the name it had.
CREATE TABLE agencies_2 (
  id         INTEGER PRIMARY KEY,
  name       TEXT NOT NULL,
  kind       TEXT NOT NULL,
  parent_id  INTEGER REFERENCES agencies,
  valid_from TEXT NOT NULL,     -- a day in the city's zone, like 2025-07-01
  valid_to   TEXT               -- the last day; null: until further notice
) STRICT;
INSERT INTO agencies_2 (id, name, kind, valid_from)
  SELECT id, name, 'department',
         COALESCE((SELECT date(MIN(requested), 'unixepoch', '+7 hours') FROM cases
                   WHERE agency_id = agencies.id
                      OR cases.id IN (SELECT case_id FROM co_agencies c WHERE c.agency_id = agencies.id)), '1970-01-01')
  FROM agencies;
DROP TABLE agencies;
ALTER TABLE agencies_2 RENAME TO agencies;
CREATE INDEX agencies_by_name ON agencies (name);

-- What a key did is an event or a follow: an id without a foreign key.
CREATE TABLE keys_2 (
  client_request_id TEXT PRIMARY KEY,
  purpose           TEXT NOT NULL,
  case_id           INTEGER NOT NULL REFERENCES cases,
  effect_id         TEXT NOT NULL,
  content_sha256    TEXT
) STRICT, WITHOUT ROWID;
INSERT INTO keys_2 SELECT client_request_id, purpose, case_id, event_id, content_sha256 FROM keys;
DROP TABLE keys;
ALTER TABLE keys_2 RENAME TO keys;
CREATE INDEX keys_by_case ON keys (case_id);

-- The key that tokens and one-time codes are derived with; 32 random bytes.
ALTER TABLE city ADD COLUMN token_key BLOB;

CREATE TABLE accounts (
  id          TEXT PRIMARY KEY,
  kind        TEXT NOT NULL,          -- phone or email
  address     TEXT NOT NULL UNIQUE,   -- E.164, or an e-mail address in lower case
  created     INTEGER NOT NULL,
  locked_at   INTEGER,
  locked_text TEXT
) STRICT;

-- One-time codes that were sent; the code itself is kept as an HMAC only.
CREATE TABLE challenges (
  id       TEXT PRIMARY KEY,
  kind     TEXT NOT NULL,
  address  TEXT NOT NULL,
  code_mac BLOB NOT NULL,
  begun    INTEGER NOT NULL,
  wrong    INTEGER NOT NULL DEFAULT 0,
  used     INTEGER NOT NULL DEFAULT 0 CHECK (used IN (0, 1))
) STRICT;
CREATE INDEX challenges_by_address ON challenges (address, begun);

-- Tokens are derived from the session, its generation and the key: none is stored.
CREATE TABLE sessions (
  id         TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts,
  began      INTEGER NOT NULL,
  generation INTEGER NOT NULL,        -- of the newest pair
  issued     INTEGER NOT NULL,        -- when the newest pair was
  ended      INTEGER
) STRICT;

ALTER TABLE cases ADD COLUMN asked_at INTEGER;                    -- since when the clock stands still
ALTER TABLE cases ADD COLUMN session_account TEXT REFERENCES accounts; -- who was signed in; account_id is what was said
ALTER TABLE cases ADD COLUMN call_id TEXT;
ALTER TABLE cases ADD COLUMN filed_by TEXT;
CREATE INDEX cases_by_lead ON cases (duplicate_of) WHERE duplicate_of IS NOT NULL;
CREATE INDEX cases_by_account ON cases (session_account, id);
UPDATE cases SET asked_at = (SELECT MAX(at) FROM events WHERE case_id = cases.id AND kind = 'waiting_citizen')
  WHERE state = 'waiting_citizen';

ALTER TABLE contacts ADD COLUMN on_behalf_of TEXT;
ALTER TABLE contacts ADD COLUMN phone_key TEXT;                   -- E.164, whatever the spelling
CREATE INDEX contacts_by_phone ON contacts (phone_key);

ALTER TABLE events ADD COLUMN rating TEXT;
ALTER TABLE events ADD COLUMN fixed TEXT;

-- Public events in the order in which they became public. Numbers are never used again.
CREATE TABLE public_events (
  n        INTEGER PRIMARY KEY AUTOINCREMENT,
  event_id TEXT NOT NULL UNIQUE REFERENCES events
) STRICT;

CREATE TABLE follows (
  case_id  INTEGER NOT NULL REFERENCES cases,
  follower TEXT NOT NULL,             -- SHA-256 of a secret of the phone's
  since    INTEGER NOT NULL,
  PRIMARY KEY (case_id, follower)
) STRICT, WITHOUT ROWID;

CREATE TABLE push_registrations (
  id         TEXT PRIMARY KEY,
  provider   TEXT NOT NULL,
  endpoint   TEXT NOT NULL,
  account_id TEXT REFERENCES accounts, -- all cases of this account
  owed       INTEGER NOT NULL DEFAULT 0 CHECK (owed IN (0, 1)),
  hinted     INTEGER,                  -- when the last hint went
  UNIQUE (provider, endpoint)
) STRICT;
CREATE TABLE push_cases (
  registration_id TEXT NOT NULL REFERENCES push_registrations ON DELETE CASCADE,
  case_id         INTEGER NOT NULL REFERENCES cases,
  PRIMARY KEY (registration_id, case_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX push_cases_by_case ON push_cases (case_id);
-- What would have gone to a provider that this city does not talk to.
CREATE TABLE push_hints (
  id              INTEGER PRIMARY KEY,
  at              INTEGER NOT NULL,
  provider        TEXT NOT NULL,
  endpoint_sha256 TEXT NOT NULL
) STRICT;

CREATE TABLE announcements (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  at        INTEGER NOT NULL,
  until     INTEGER,
  kind      TEXT NOT NULL,
  title_vi  TEXT NOT NULL,
  title_en  TEXT,
  text_vi   TEXT NOT NULL,
  text_en   TEXT,
  url       TEXT,
  area      TEXT,
  withdrawn INTEGER
) STRICT;
CREATE INDEX announcements_by_time ON announcements (at, id);
