-- Looked for at every start, and hardly ever there.
CREATE INDEX applications_without_people ON applications (id) WHERE people = '';
