-- What the cluster warned of, each time it said so: it forgets within the hour, people ask for a day.
CREATE TABLE warnings (
    application_id TEXT NOT NULL REFERENCES applications (id),
    object TEXT NOT NULL,
    reason TEXT NOT NULL,
    at BIGINT NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (application_id, object, reason, at)
);
CREATE INDEX warnings_by_time ON warnings (at);
