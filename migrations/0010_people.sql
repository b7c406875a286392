-- Who has access to an application, as its newest generation says: asked for at every request, and by every list. What
-- was made before gets it when the console starts.
ALTER TABLE applications ADD COLUMN people TEXT NOT NULL DEFAULT '';

-- The groups that the owner of a token belonged to when they made it.
ALTER TABLE tokens ADD COLUMN member_of TEXT NOT NULL DEFAULT '[]';
