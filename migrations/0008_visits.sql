-- Who is signed in where: one row for each browser, beside its session. What the identity provider gave for asking
-- again is sealed.
CREATE TABLE visits (
    id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    provider_session TEXT,
    tokens TEXT,
    agent TEXT NOT NULL,
    began_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    -- When it is to be asked again whether this person may still be here.
    check_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX visit_of_a_session ON visits (session_id);
CREATE INDEX visits_by_actor ON visits (actor_id);
CREATE INDEX visits_by_provider_session ON visits (provider_session);

-- Names for which passwords were refused, also names that nobody has, so that the answer tells nothing.
CREATE TABLE refused_passwords (
    name TEXT PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    open_at BIGINT NOT NULL
);
