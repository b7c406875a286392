-- The audit trail becomes a chain: each row's hash covers the row and the hash of the row before it.
ALTER TABLE audit ADD COLUMN request TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN via TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN hash TEXT NOT NULL DEFAULT '';

-- Where the chain begins. What was written before is kept and not covered.
INSERT INTO counters (name, value) SELECT 'audit-chain', value + 1 FROM counters WHERE name = 'audit';

CREATE INDEX audit_by_object ON audit (object, seq);
CREATE INDEX audit_by_actor ON audit (actor, seq);
