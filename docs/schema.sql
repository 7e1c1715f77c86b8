-- The store, explained: every table and index of a fresh store, as SQLite has them.
-- Compared with a fresh store by core/engine/tests/schema.rs; changed only together with a migration in
-- core/engine/src/store/schema. Times are milliseconds since 1970-01-01T00:00:00Z; ids are UUIDs as text; words are the
-- snake_case words of core/domain.

-- == reports.sqlite: what cannot be had again. WAL, synchronous=FULL ==

-- Facts of the store itself: `epoch` (also kept in the phone's secrets: a copied or restored store is found out by it).
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- A city: its profile as given, what its discovery said, how it behaves.
CREATE TABLE city (
    id               TEXT PRIMARY KEY, -- name of the profile
    profile          TEXT NOT NULL, -- JSON, docs/profile.md
    endpoint         TEXT NOT NULL DEFAULT '', -- '' until one is known
    discovery        TEXT, -- the document as it came; NULL before the first contact, empty where the city has none
    discovered_at    INTEGER,
    paused_reason    TEXT, -- why nothing of this city is tried now
    paused_until     INTEGER,
    failures         INTEGER NOT NULL DEFAULT 0, -- in a row: for the breaker
    skew_ms          INTEGER NOT NULL DEFAULT 0, -- the city's clock minus the phone's
    listed_within_ms INTEGER, -- slowest listing of a new report of ours
    ever_late        INTEGER NOT NULL DEFAULT 0 CHECK (ever_late IN (0, 1)), -- one was listed late or never: no trust in its lists again
    changes_cursor   TEXT -- of requests/changes, extension `changes`
) STRICT;

-- Who is signed in where. `default` where nobody signs in.
CREATE TABLE account (
    id            TEXT NOT NULL,
    city_id       TEXT NOT NULL REFERENCES city (id),
    paused_reason TEXT, -- signed out, locked
    paused_detail TEXT, -- no longer written: the city's words for a lock are with the session, in the phone's secrets
    PRIMARY KEY (city_id, id)
) STRICT;

-- Who reports, sealed: name, phone, e-mail. Content rows point here and hold none of it.
CREATE TABLE identity (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    sealed BLOB NOT NULL -- version, key id, nonce, ciphertext, tag: seal.rs
) STRICT;

-- A report, from its first word on. What the city makes of it is in `city_case`, how it gets there in `job`.
CREATE TABLE report (
    number          INTEGER PRIMARY KEY AUTOINCREMENT, -- order of birth
    id              TEXT NOT NULL UNIQUE, -- UUID v7, local, from birth
    reference_code  TEXT NOT NULL UNIQUE, -- 12 digits, the last one a check digit; proves nothing
    city_id         TEXT NOT NULL REFERENCES city (id),
    account_id      TEXT NOT NULL,
    phase           TEXT NOT NULL CHECK (phase IN ('draft', 'submitted', 'followed')), -- followed: somebody else's case
    channel         TEXT NOT NULL, -- by what way it came
    practice        INTEGER NOT NULL DEFAULT 0 CHECK (practice IN (0, 1)), -- never leaves the phone
    created_at      INTEGER NOT NULL,
    created_zone    TEXT NOT NULL, -- IANA zone it was captured in
    updated_at      INTEGER NOT NULL,
    queued_at       INTEGER, -- when it was sent off
    service         TEXT, -- Open311 service_code
    title           TEXT,
    text            TEXT NOT NULL DEFAULT '',
    urgency         TEXT NOT NULL, -- normal, urgent, life
    observed_at     INTEGER NOT NULL, -- when it was seen
    lat             REAL,
    lon             REAL,
    accuracy_m      REAL, -- radius, metres
    place_source    TEXT, -- pin, device, photo
    place_words     TEXT,
    identity_choice TEXT NOT NULL, -- who learns the name: named, confidential, none
    publication     TEXT NOT NULL, -- who sees the report: public, after_review, never
    identity_id     INTEGER REFERENCES identity (id), -- snapshot taken when it was sent off
    on_behalf_of    INTEGER REFERENCES identity (id), -- the person an operator files for
    owner_sealed    BLOB NOT NULL, -- owner secret, 32 bytes sealed
    owner_hash      TEXT NOT NULL, -- its SHA-256: what a willing city gets
    definition      TEXT, -- JSON: questions of the category, copied so that no lost cache changes a report
    indexed         TEXT, -- its words as `report_words` holds them; NULL: not there yet
    index_owed      INTEGER NOT NULL DEFAULT 1 CHECK (index_owed IN (0, 1)), -- changed since then
    FOREIGN KEY (city_id, account_id) REFERENCES account (city_id, id)
) STRICT;
CREATE INDEX report_index_owed ON report (number) WHERE index_owed = 1;

-- Full-text search: folded words of a report, its code as all its ends of four digits or more, the city's number.
-- Contentless: `report.indexed` is what it holds of a row. Brought up to date before a search, never while somebody types.
CREATE VIRTUAL TABLE report_words USING fts5 (
    words, content = '', detail = none, columnsize = 0, tokenize = 'ascii'
);
INSERT INTO report_words (report_words, rank) VALUES ('secure-delete', 1); -- a forgotten word is gone from the file
CREATE TRIGGER report_forgotten AFTER DELETE ON report WHEN old.indexed IS NOT NULL BEGIN
    INSERT INTO report_words (report_words, rowid, words) VALUES ('delete', old.number, old.indexed);
END;

-- Answers to the questions of the category (Open311 attributes), several values in their order.
CREATE TABLE answer (
    report_id TEXT NOT NULL REFERENCES report (id) ON DELETE CASCADE,
    code      TEXT NOT NULL,
    position  INTEGER NOT NULL,
    value     TEXT NOT NULL,
    PRIMARY KEY (report_id, code, position)
) STRICT, WITHOUT ROWID;

-- Readings of sensors: the evidence for the point.
CREATE TABLE fix (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    report_id  TEXT NOT NULL REFERENCES report (id) ON DELETE CASCADE,
    at         INTEGER NOT NULL,
    lat        REAL NOT NULL,
    lon        REAL NOT NULL,
    accuracy_m REAL,
    provider   TEXT NOT NULL,
    mock       INTEGER NOT NULL CHECK (mock IN (0, 1)) -- the phone says that it is not real
) STRICT;

-- What the citizen says about a case: answer, comment, rating, reopen, withdraw, remind, follow.
CREATE TABLE message (
    number       INTEGER PRIMARY KEY AUTOINCREMENT,
    id           TEXT NOT NULL UNIQUE,
    report_id    TEXT NOT NULL REFERENCES report (id),
    kind         TEXT NOT NULL,
    text         TEXT,
    satisfaction TEXT, -- of a rating: satisfied, acceptable, dissatisfied
    fixed        TEXT, -- of a rating: yes, partly, no
    created_at   INTEGER NOT NULL,
    city_id_of   TEXT -- the city's number of it, once delivered
) STRICT;

-- Photos of a report or of a message. A row names the original before its first byte is read.
CREATE TABLE attachment (
    number         INTEGER PRIMARY KEY AUTOINCREMENT,
    id             TEXT NOT NULL UNIQUE,
    report_id      TEXT NOT NULL REFERENCES report (id) ON DELETE CASCADE,
    message_id     TEXT REFERENCES message (id), -- NULL: of the report
    kind           TEXT NOT NULL, -- photo; video, audio, document are refused for now
    original_path  TEXT NOT NULL,
    rendition_path TEXT, -- a JPEG by the platform, where the original is HEIC
    ingest         TEXT NOT NULL CHECK (ingest IN ('pending', 'ready', 'failed')),
    failure        TEXT, -- catalogue code
    sha256         TEXT, -- of the stored picture: its file name, and what the city must have received
    bytes          INTEGER,
    width          INTEGER,
    height         INTEGER,
    original_bytes INTEGER, -- size before it was made smaller
    taken_at       TEXT, -- the camera's time, with offset where stated
    lat            REAL,
    lon            REAL,
    max_bytes      INTEGER, -- a tighter limit that the citizen chose
    created_at     INTEGER NOT NULL,
    acknowledged_at INTEGER, -- the city has it; nothing else allows pruning
    dropped_at     INTEGER, -- taken off by the citizen
    CHECK (ingest <> 'ready' OR (sha256 IS NOT NULL AND bytes IS NOT NULL))
) STRICT;
CREATE INDEX attachment_report ON attachment (report_id, number);

-- One frozen revision of a report on its way. A key never names two contents.
CREATE TABLE submission (
    id               TEXT PRIMARY KEY,
    report_id        TEXT NOT NULL REFERENCES report (id),
    revision         INTEGER NOT NULL,
    kind             TEXT NOT NULL DEFAULT 'report',
    key              TEXT NOT NULL UNIQUE, -- client_request_id and Idempotency-Key
    wire_version     INTEGER NOT NULL, -- of the canonical form, docs/extensions.md
    payload_sha256   TEXT NOT NULL, -- content_sha256 on the wire
    exposure         TEXT NOT NULL CHECK (exposure IN ('none', 'unknown', 'refused', 'accepted')), -- what the city may know; `unknown` is on disk before the first byte leaves
    created_at       INTEGER NOT NULL,
    first_attempt_at INTEGER, -- from here on the payload never changes
    last_attempt_at  INTEGER,
    skew_ms          INTEGER NOT NULL DEFAULT 0, -- of the city's clock at the first attempt
    UNIQUE (report_id, revision)
) STRICT;

-- The frozen payload: names and values in the order in which they are sent.
CREATE TABLE submission_pair (
    submission_id TEXT NOT NULL REFERENCES submission (id),
    position      INTEGER NOT NULL,
    name          TEXT NOT NULL,
    value         TEXT NOT NULL,
    PRIMARY KEY (submission_id, position)
) STRICT, WITHOUT ROWID;

-- Attachments that were sent off with it.
CREATE TABLE submission_attachment (
    submission_id TEXT NOT NULL REFERENCES submission (id),
    position      INTEGER NOT NULL,
    attachment_id TEXT NOT NULL REFERENCES attachment (id),
    PRIMARY KEY (submission_id, position)
) STRICT, WITHOUT ROWID;

-- The outbox: one network effect that is owed. No failure deletes a row.
CREATE TABLE job (
    number        INTEGER PRIMARY KEY AUTOINCREMENT,
    id            TEXT NOT NULL UNIQUE,
    kind          TEXT NOT NULL CHECK (kind IN ('report', 'attachment', 'message')),
    city_id       TEXT NOT NULL,
    account_id    TEXT NOT NULL,
    report_id     TEXT NOT NULL REFERENCES report (id),
    submission_id TEXT REFERENCES submission (id),
    attachment_id TEXT REFERENCES attachment (id),
    message_id    TEXT REFERENCES message (id),
    key           TEXT NOT NULL, -- of a report: the key of its submission
    state         TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'unconfirmed', 'done', 'blocked')),
    next_at       INTEGER, -- not before
    reason        TEXT, -- catalogue code: why it waits or stands blocked
    exposure      TEXT NOT NULL CHECK (exposure IN ('none', 'unknown', 'refused', 'accepted')),
    attempts      INTEGER NOT NULL DEFAULT 0, -- in a row without progress: sets the gap
    day_started   INTEGER NOT NULL DEFAULT 0, -- start of the day's budget
    day_attempts  INTEGER NOT NULL DEFAULT 0,
    last_sent_at  INTEGER, -- when a byte of it last may have left
    question      TEXT NOT NULL DEFAULT 'lost_answer' CHECK (question IN ('lost_answer', 'duplicate')), -- what a look-up is to find out
    must_look     INTEGER NOT NULL DEFAULT 0 CHECK (must_look IN (0, 1)), -- the same key again would tell nothing new
    created_at    INTEGER NOT NULL,
    FOREIGN KEY (city_id, account_id) REFERENCES account (city_id, id),
    CHECK ((kind = 'report') = (submission_id IS NOT NULL AND attachment_id IS NULL AND message_id IS NULL)),
    CHECK (kind <> 'attachment' OR attachment_id IS NOT NULL),
    CHECK (kind <> 'message' OR message_id IS NOT NULL)
) STRICT;
CREATE INDEX job_owed ON job (state) WHERE state <> 'done';
CREATE INDEX job_report ON job (report_id);

-- Lists of the city that were read in search of a submission: the evidence of absence.
CREATE TABLE lookup (
    number        INTEGER PRIMARY KEY AUTOINCREMENT,
    submission_id TEXT NOT NULL REFERENCES submission (id),
    at            INTEGER NOT NULL,
    complete      INTEGER NOT NULL CHECK (complete IN (0, 1)) -- read to its end
) STRICT;

-- What a city said when it refused, sealed, for servers echo names.
CREATE TABLE refusal (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id  TEXT NOT NULL REFERENCES job (id),
    at      INTEGER NOT NULL,
    status  INTEGER NOT NULL,
    sealed  BLOB NOT NULL, case_number TEXT -- the case that it names, where it says that the matter is known
) STRICT;

-- The city's answer to a submission.
CREATE TABLE receipt (
    submission_id  TEXT PRIMARY KEY REFERENCES submission (id),
    report_id      TEXT NOT NULL REFERENCES report (id),
    city_id        TEXT NOT NULL,
    tracking       TEXT NOT NULL CHECK (tracking IN ('number', 'token', 'untracked')),
    value          TEXT, -- service_request_id or token
    at             INTEGER NOT NULL,
    payload_sha256 TEXT NOT NULL,
    notice         TEXT,
    found          INTEGER NOT NULL CHECK (found IN (0, 1)), -- by a look-up, not in an answer
    listed_at      INTEGER, -- when it first appeared in a list of the city
    CHECK ((tracking = 'untracked') = (value IS NULL))
) STRICT;

-- The city's side of a report. Written by sync alone, but for its beginning.
CREATE TABLE city_case (
    report_id    TEXT PRIMARY KEY REFERENCES report (id),
    city_id      TEXT NOT NULL,
    number       TEXT, -- service_request_id
    token        TEXT,
    status       TEXT, -- our word
    status_value TEXT, -- what the word carries, e.g. the lead case of a duplicate
    status_raw   TEXT, -- the city's own word
    outcome      TEXT,
    due_at       INTEGER,
    agency       TEXT,
    media_url    TEXT,
    events_seq   INTEGER NOT NULL DEFAULT 0, -- newest event that is here
    gone         INTEGER NOT NULL DEFAULT 0 CHECK (gone IN (0, 1)), -- the city no longer shows it
    synced_at    INTEGER,
    next_poll_at INTEGER -- of a token: not before
) STRICT;
CREATE INDEX city_case_number ON city_case (city_id, number);
CREATE TRIGGER city_case_begun AFTER INSERT ON city_case WHEN new.number IS NOT NULL BEGIN
    UPDATE report SET index_owed = 1 WHERE id = new.report_id;
END;
CREATE TRIGGER city_case_numbered AFTER UPDATE OF number ON city_case WHEN new.number IS NOT old.number BEGIN
    UPDATE report SET index_owed = 1 WHERE id = new.report_id;
END;

-- The timeline of a case: it only grows.
CREATE TABLE event (
    report_id    TEXT NOT NULL REFERENCES report (id),
    seq          INTEGER NOT NULL, -- by case, as the city counts, or as derived from what a bare city shows
    id           TEXT NOT NULL,
    at           INTEGER NOT NULL,
    kind         TEXT NOT NULL, -- kept raw
    actor_type   TEXT, -- citizen, operator, agency, system
    actor_unit   TEXT,
    reason_code  TEXT,
    text         TEXT,
    due_at       INTEGER,
    outcome      TEXT,
    duplicate_of TEXT,
    PRIMARY KEY (report_id, seq)
) STRICT, WITHOUT ROWID;

-- Files of an event, served by the city.
CREATE TABLE event_file (
    report_id TEXT NOT NULL,
    seq       INTEGER NOT NULL,
    position  INTEGER NOT NULL,
    url       TEXT NOT NULL,
    kind      TEXT NOT NULL,
    sha256    TEXT, -- as the city states it
    bytes     INTEGER,
    PRIMARY KEY (report_id, seq, position),
    FOREIGN KEY (report_id, seq) REFERENCES event (report_id, seq)
) STRICT, WITHOUT ROWID;

-- == cache.sqlite: what the city can give again. WAL, synchronous=NORMAL ==

-- The city's categories, as last fetched, one list a jurisdiction and language.
CREATE TABLE service (
    city_id         TEXT NOT NULL,
    jurisdiction_id TEXT NOT NULL, -- of the profile; '' where it has none
    language        TEXT NOT NULL, -- vi, en
    position        INTEGER NOT NULL,
    code            TEXT NOT NULL,
    name            TEXT NOT NULL,
    description     TEXT,
    grp             TEXT, -- Open311 group
    keywords        TEXT NOT NULL DEFAULT '',
    service_type    TEXT NOT NULL, -- realtime, batch, blackbox
    has_definition  INTEGER NOT NULL CHECK (has_definition IN (0, 1)),
    PRIMARY KEY (city_id, jurisdiction_id, language, code)
) STRICT, WITHOUT ROWID;

-- When that list was fetched: an empty list is a list too.
CREATE TABLE service_list (
    city_id         TEXT NOT NULL,
    jurisdiction_id TEXT NOT NULL,
    language        TEXT NOT NULL,
    fetched_at      INTEGER NOT NULL,
    PRIMARY KEY (city_id, jurisdiction_id, language)
) STRICT, WITHOUT ROWID;

-- Questions of a category (Open311 service definition).
CREATE TABLE definition (
    city_id         TEXT NOT NULL,
    jurisdiction_id TEXT NOT NULL,
    code            TEXT NOT NULL,
    body            TEXT NOT NULL, -- JSON
    fetched_at      INTEGER NOT NULL,
    PRIMARY KEY (city_id, jurisdiction_id, code)
) STRICT, WITHOUT ROWID;

-- What a city shows to everybody, page by page, for reading without a network.
CREATE TABLE public_page (
    city_id         TEXT NOT NULL,
    jurisdiction_id TEXT NOT NULL,
    kind            TEXT NOT NULL CHECK (kind IN ('announcements', 'feed', 'numbers')),
    asked           TEXT NOT NULL, -- filters and cursor
    body            TEXT NOT NULL, -- JSON
    as_of           INTEGER NOT NULL, -- when it was so
    PRIMARY KEY (city_id, jurisdiction_id, kind, asked)
) STRICT, WITHOUT ROWID;
