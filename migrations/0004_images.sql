-- What the registries said last about the images of an application (D11).
CREATE TABLE image_checks (
    application_id TEXT PRIMARY KEY REFERENCES applications (id),
    at BIGINT NOT NULL,
    generation BIGINT NOT NULL,
    found TEXT NOT NULL
);

-- Images that an application was rolled back from: not to be taken again by mistake, though their tag means them (D10).
CREATE TABLE quarantined_images (
    application_id TEXT NOT NULL REFERENCES applications (id),
    digest TEXT NOT NULL,
    since BIGINT NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (application_id, digest)
);

-- What one of all processes that share the database does from time to time.
CREATE TABLE chores (
    name TEXT PRIMARY KEY,
    due_at BIGINT NOT NULL
);
INSERT INTO chores (name, due_at) VALUES ('retention', 0);
