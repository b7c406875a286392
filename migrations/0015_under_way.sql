-- Each request with a key looks for those that were left under way: a few among the answers of a day.
CREATE INDEX answers_under_way ON answers (at) WHERE sealed = '';
