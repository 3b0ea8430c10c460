CREATE TABLE conversation (
  id      TEXT PRIMARY KEY,
  title   TEXT NOT NULL,
  created INTEGER NOT NULL, -- milliseconds since 1970 in UTC
  updated INTEGER NOT NULL,
  bytes   INTEGER NOT NULL  -- of title, contents and notices, in UTF-8
);

CREATE INDEX conversation_updated ON conversation (updated);

CREATE TABLE message (
  conversation TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
  position     INTEGER NOT NULL,
  role         TEXT NOT NULL,
  content      TEXT NOT NULL,
  status       TEXT NOT NULL,
  notice       TEXT,        -- JSON, where the guard stepped in
  PRIMARY KEY (conversation, position)
) WITHOUT ROWID;
