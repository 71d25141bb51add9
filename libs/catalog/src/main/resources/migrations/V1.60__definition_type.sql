-- What sort of its kind a definition is: http, code and so on for a tool. Null for kinds without sorts.
ALTER TABLE definition ADD COLUMN type TEXT;
