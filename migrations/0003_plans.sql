-- What an operation did to the cluster: the plan that it applied, and those before it that had become stale.
CREATE TABLE plans (
    operation_id TEXT NOT NULL REFERENCES operations (id),
    number BIGINT NOT NULL,
    hash TEXT NOT NULL,
    at BIGINT NOT NULL,
    because TEXT,
    plan TEXT NOT NULL,
    PRIMARY KEY (operation_id, number)
);
