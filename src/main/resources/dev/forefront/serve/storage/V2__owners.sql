-- SHA-256 of what the owner's browser drew by chance; empty for what nobody owns and everybody sees.
ALTER TABLE conversation ADD COLUMN owner TEXT NOT NULL DEFAULT '';
