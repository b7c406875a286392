-- Whose key it is that makes asking twice one operation: by the identity that stays, as names pass on to others. What was
-- asked for before stays with the name, written as no identity is.
ALTER TABLE operations ADD COLUMN requested_by_id TEXT NOT NULL DEFAULT '';
UPDATE operations SET requested_by_id = 'called ' || requested_by;
DROP INDEX operation_key_is_new;
CREATE UNIQUE INDEX operation_key_is_new ON operations (requested_by_id, idempotency_key);

-- Drafts are kept by that identity, too, in the column that held the name. Which name was whose is not known any more.
DELETE FROM drafts;
