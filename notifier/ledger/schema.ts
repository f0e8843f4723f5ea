import type { DatabaseSync } from 'node:sqlite'

export const LEDGER_FILE = 'ledger.db'
export const SCHEMA_VERSION = 1

/** Notices and letters are two tables from the start: one letter may carry several notices, a notice is in one letter. */
const SCHEMA = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE deprecations (
  id TEXT PRIMARY KEY, root TEXT NOT NULL, api TEXT NOT NULL, thing TEXT NOT NULL,
  revision INTEGER NOT NULL, sunset TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE notices (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL, root TEXT NOT NULL, revision INTEGER NOT NULL,
  customer TEXT NOT NULL, contact TEXT NOT NULL, stage TEXT NOT NULL, occurrence INTEGER NOT NULL,
  deprecation TEXT NOT NULL, api TEXT NOT NULL, stands_for INTEGER, sunset TEXT, moved_from TEXT,
  address TEXT NOT NULL, language TEXT NOT NULL, zone TEXT NOT NULL, evidence TEXT NOT NULL,
  state TEXT NOT NULL, reason TEXT NOT NULL, planned INTEGER NOT NULL, updated INTEGER NOT NULL,
  told INTEGER, letter TEXT REFERENCES letters (id),
  UNIQUE (kind, root, revision, contact, stage, occurrence)
) STRICT;
CREATE INDEX notices_by_deprecation ON notices (deprecation, planned);
CREATE INDEX notices_by_customer ON notices (customer, planned);
CREATE INDEX notices_by_state ON notices (state);
CREATE INDEX notices_by_campaign ON notices (deprecation, state, contact);
CREATE INDEX notices_by_letter ON notices (letter);
CREATE INDEX notices_by_time ON notices (planned);

CREATE TABLE letters (
  id TEXT PRIMARY KEY, message_id TEXT NOT NULL UNIQUE,
  customer TEXT NOT NULL, address TEXT NOT NULL, api TEXT NOT NULL, subject TEXT NOT NULL,
  state TEXT NOT NULL, reason TEXT NOT NULL, way TEXT NOT NULL,
  attempts INTEGER NOT NULL, next_try INTEGER NOT NULL,
  written INTEGER NOT NULL, updated INTEGER NOT NULL, answer TEXT NOT NULL,
  body BLOB NOT NULL, source BLOB NOT NULL
) STRICT;
CREATE INDEX letters_by_time ON letters (written);
CREATE INDEX letters_by_state ON letters (state);

CREATE TABLE commands (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL
) STRICT;

CREATE TABLE approvals (root TEXT NOT NULL, revision INTEGER NOT NULL, contact TEXT NOT NULL, command INTEGER NOT NULL,
  PRIMARY KEY (root, revision, contact)) STRICT, WITHOUT ROWID;
CREATE TABLE addresses (address TEXT PRIMARY KEY, reason TEXT NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE waivers (root TEXT NOT NULL, customer TEXT NOT NULL, until TEXT NOT NULL,
  PRIMARY KEY (root, customer)) STRICT, WITHOUT ROWID;

CREATE TABLE holds (deprecation TEXT NOT NULL, customer TEXT NOT NULL, address TEXT NOT NULL, kind TEXT NOT NULL, reason TEXT NOT NULL) STRICT;
CREATE TABLE untold (deprecation TEXT NOT NULL, consumer TEXT NOT NULL, customer TEXT, reason TEXT NOT NULL) STRICT;

CREATE TABLE events (
  seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, subject TEXT NOT NULL, state TEXT NOT NULL, detail TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
CREATE TRIGGER events_last BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
CREATE TRIGGER commands_stay BEFORE UPDATE ON commands BEGIN SELECT RAISE(ABORT, 'commands are append-only'); END;
CREATE TRIGGER commands_last BEFORE DELETE ON commands BEGIN SELECT RAISE(ABORT, 'commands are append-only'); END;
`

/** Makes the tables in an empty file. */
export function createSchema(db: DatabaseSync): void {
  db.exec(SCHEMA)
  db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`)
}
