-- Version 1. What the citizen gave, what is owed, what the city said. docs/schema.sql explains each table.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE city (
    id               TEXT PRIMARY KEY,
    profile          TEXT NOT NULL,
    endpoint         TEXT NOT NULL DEFAULT '',
    discovery        TEXT,
    discovered_at    INTEGER,
    paused_reason    TEXT,
    paused_until     INTEGER,
    failures         INTEGER NOT NULL DEFAULT 0,
    skew_ms          INTEGER NOT NULL DEFAULT 0,
    listed_within_ms INTEGER,
    ever_late        INTEGER NOT NULL DEFAULT 0 CHECK (ever_late IN (0, 1)),
    changes_cursor   TEXT
) STRICT;

CREATE TABLE account (
    id            TEXT NOT NULL,
    city_id       TEXT NOT NULL REFERENCES city (id),
    paused_reason TEXT,
    paused_detail TEXT,
    PRIMARY KEY (city_id, id)
) STRICT;

CREATE TABLE identity (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    sealed BLOB NOT NULL
) STRICT;

CREATE TABLE report (
    number          INTEGER PRIMARY KEY AUTOINCREMENT,
    id              TEXT NOT NULL UNIQUE,
    reference_code  TEXT NOT NULL UNIQUE,
    city_id         TEXT NOT NULL REFERENCES city (id),
    account_id      TEXT NOT NULL,
    phase           TEXT NOT NULL CHECK (phase IN ('draft', 'submitted')),
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
    folded          TEXT NOT NULL DEFAULT '',
    FOREIGN KEY (city_id, account_id) REFERENCES account (city_id, id)
) STRICT;

CREATE TABLE answer (
    report_id TEXT NOT NULL REFERENCES report (id) ON DELETE CASCADE,
    code      TEXT NOT NULL,
    position  INTEGER NOT NULL,
    value     TEXT NOT NULL,
    PRIMARY KEY (report_id, code, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE fix (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    report_id  TEXT NOT NULL REFERENCES report (id) ON DELETE CASCADE,
    at         INTEGER NOT NULL,
    lat        REAL NOT NULL,
    lon        REAL NOT NULL,
    accuracy_m REAL,
    provider   TEXT NOT NULL,
    mock       INTEGER NOT NULL CHECK (mock IN (0, 1))
) STRICT;

CREATE TABLE message (
    number       INTEGER PRIMARY KEY AUTOINCREMENT,
    id           TEXT NOT NULL UNIQUE,
    report_id    TEXT NOT NULL REFERENCES report (id),
    kind         TEXT NOT NULL,
    text         TEXT,
    satisfaction TEXT,
    fixed        TEXT,
    created_at   INTEGER NOT NULL,
    city_id_of   TEXT
) STRICT;

CREATE TABLE attachment (
    number         INTEGER PRIMARY KEY AUTOINCREMENT,
    id             TEXT NOT NULL UNIQUE,
    report_id      TEXT NOT NULL REFERENCES report (id) ON DELETE CASCADE,
    message_id     TEXT REFERENCES message (id),
    kind           TEXT NOT NULL,
    original_path  TEXT NOT NULL,
    rendition_path TEXT,
    ingest         TEXT NOT NULL CHECK (ingest IN ('pending', 'ready', 'failed')),
    failure        TEXT,
    sha256         TEXT,
    bytes          INTEGER,
    width          INTEGER,
    height         INTEGER,
    original_bytes INTEGER,
    taken_at       TEXT,
    lat            REAL,
    lon            REAL,
    max_bytes      INTEGER,
    created_at     INTEGER NOT NULL,
    acknowledged_at INTEGER,
    dropped_at     INTEGER,
    CHECK (ingest <> 'ready' OR (sha256 IS NOT NULL AND bytes IS NOT NULL))
) STRICT;
CREATE INDEX attachment_report ON attachment (report_id, number);

CREATE TABLE submission (
    id               TEXT PRIMARY KEY,
    report_id        TEXT NOT NULL REFERENCES report (id),
    revision         INTEGER NOT NULL,
    kind             TEXT NOT NULL DEFAULT 'report',
    key              TEXT NOT NULL UNIQUE,
    wire_version     INTEGER NOT NULL,
    payload_sha256   TEXT NOT NULL,
    exposure         TEXT NOT NULL CHECK (exposure IN ('none', 'unknown', 'refused', 'accepted')),
    created_at       INTEGER NOT NULL,
    first_attempt_at INTEGER,
    last_attempt_at  INTEGER,
    skew_ms          INTEGER NOT NULL DEFAULT 0,
    UNIQUE (report_id, revision)
) STRICT;

CREATE TABLE submission_pair (
    submission_id TEXT NOT NULL REFERENCES submission (id),
    position      INTEGER NOT NULL,
    name          TEXT NOT NULL,
    value         TEXT NOT NULL,
    PRIMARY KEY (submission_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE submission_attachment (
    submission_id TEXT NOT NULL REFERENCES submission (id),
    position      INTEGER NOT NULL,
    attachment_id TEXT NOT NULL REFERENCES attachment (id),
    PRIMARY KEY (submission_id, position)
) STRICT, WITHOUT ROWID;

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
    key           TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'unconfirmed', 'done', 'blocked')),
    next_at       INTEGER,
    reason        TEXT,
    exposure      TEXT NOT NULL CHECK (exposure IN ('none', 'unknown', 'refused', 'accepted')),
    attempts      INTEGER NOT NULL DEFAULT 0,
    day_started   INTEGER NOT NULL DEFAULT 0,
    day_attempts  INTEGER NOT NULL DEFAULT 0,
    last_sent_at  INTEGER,
    question      TEXT NOT NULL DEFAULT 'lost_answer' CHECK (question IN ('lost_answer', 'duplicate')),
    must_look     INTEGER NOT NULL DEFAULT 0 CHECK (must_look IN (0, 1)),
    created_at    INTEGER NOT NULL,
    FOREIGN KEY (city_id, account_id) REFERENCES account (city_id, id),
    CHECK ((kind = 'report') = (submission_id IS NOT NULL AND attachment_id IS NULL AND message_id IS NULL)),
    CHECK (kind <> 'attachment' OR attachment_id IS NOT NULL),
    CHECK (kind <> 'message' OR message_id IS NOT NULL)
) STRICT;
CREATE INDEX job_owed ON job (state) WHERE state <> 'done';
CREATE INDEX job_report ON job (report_id);

CREATE TABLE lookup (
    number        INTEGER PRIMARY KEY AUTOINCREMENT,
    submission_id TEXT NOT NULL REFERENCES submission (id),
    at            INTEGER NOT NULL,
    complete      INTEGER NOT NULL CHECK (complete IN (0, 1))
) STRICT;

CREATE TABLE refusal (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id  TEXT NOT NULL REFERENCES job (id),
    at      INTEGER NOT NULL,
    status  INTEGER NOT NULL,
    sealed  BLOB NOT NULL
) STRICT;

CREATE TABLE receipt (
    submission_id  TEXT PRIMARY KEY REFERENCES submission (id),
    report_id      TEXT NOT NULL REFERENCES report (id),
    city_id        TEXT NOT NULL,
    tracking       TEXT NOT NULL CHECK (tracking IN ('number', 'token', 'untracked')),
    value          TEXT,
    at             INTEGER NOT NULL,
    payload_sha256 TEXT NOT NULL,
    notice         TEXT,
    found          INTEGER NOT NULL CHECK (found IN (0, 1)),
    listed_at      INTEGER,
    CHECK ((tracking = 'untracked') = (value IS NULL))
) STRICT;

CREATE TABLE city_case (
    report_id    TEXT PRIMARY KEY REFERENCES report (id),
    city_id      TEXT NOT NULL,
    number       TEXT,
    token        TEXT,
    status       TEXT,
    status_value TEXT,
    status_raw   TEXT,
    outcome      TEXT,
    due_at       INTEGER,
    agency       TEXT,
    media_url    TEXT,
    events_seq   INTEGER NOT NULL DEFAULT 0,
    gone         INTEGER NOT NULL DEFAULT 0 CHECK (gone IN (0, 1)),
    synced_at    INTEGER,
    next_poll_at INTEGER
) STRICT;
CREATE INDEX city_case_number ON city_case (city_id, number);

CREATE TABLE event (
    report_id    TEXT NOT NULL REFERENCES report (id),
    seq          INTEGER NOT NULL,
    id           TEXT NOT NULL,
    at           INTEGER NOT NULL,
    kind         TEXT NOT NULL,
    actor_type   TEXT,
    actor_unit   TEXT,
    reason_code  TEXT,
    text         TEXT,
    due_at       INTEGER,
    outcome      TEXT,
    duplicate_of TEXT,
    PRIMARY KEY (report_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE event_file (
    report_id TEXT NOT NULL,
    seq       INTEGER NOT NULL,
    position  INTEGER NOT NULL,
    url       TEXT NOT NULL,
    kind      TEXT NOT NULL,
    sha256    TEXT,
    bytes     INTEGER,
    PRIMARY KEY (report_id, seq, position),
    FOREIGN KEY (report_id, seq) REFERENCES event (report_id, seq)
) STRICT, WITHOUT ROWID;
