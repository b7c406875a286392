-- What was done lately is on the first page: it is read from its end, however much has been done since the beginning.
CREATE INDEX operations_by_request ON operations (requested_at, id);
