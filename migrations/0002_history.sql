-- Since when a badge says what it says; and what it said before, with its time.
ALTER TABLE applications ADD COLUMN status_since BIGINT NOT NULL DEFAULT 0;

CREATE TABLE standings (
    revision BIGINT PRIMARY KEY,
    application_id TEXT NOT NULL REFERENCES applications (id),
    at BIGINT NOT NULL,
    status TEXT NOT NULL,
    standing TEXT NOT NULL
);
CREATE INDEX standings_by_application ON standings (application_id, revision);

-- What a removal looked for and did not find any more.
ALTER TABLE operations ADD COLUMN proof TEXT;

-- Releases that an application was rolled back from: not to be deployed to it again by mistake.
CREATE TABLE quarantine (
    application_id TEXT NOT NULL REFERENCES applications (id),
    version BIGINT NOT NULL,
    since BIGINT NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (application_id, version)
);

-- What containers said before they ended; readable when pod and namespace are gone.
CREATE TABLE black_box (
    id TEXT PRIMARY KEY,
    application_id TEXT NOT NULL REFERENCES applications (id),
    component TEXT NOT NULL,
    task TEXT NOT NULL,
    ended_at BIGINT NOT NULL,
    record TEXT NOT NULL
);
CREATE UNIQUE INDEX black_box_holds_each_end_once ON black_box (application_id, task, ended_at);
CREATE INDEX black_box_by_end ON black_box (ended_at);

-- What a person typed and could not send yet. Sealed as a whole, because passwords may be among it.
CREATE TABLE drafts (
    id TEXT PRIMARY KEY,
    actor TEXT NOT NULL,
    sealed TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX drafts_by_time ON drafts (at);
