/** SQLite's result codes sorted into what the store does about them. */

export type SqliteTrouble = 'busy' | 'readOnly' | 'full' | 'corrupt' | 'other';

/** Primary result codes, https://www.sqlite.org/rescode.html. */
const TROUBLES: Readonly<Record<number, SqliteTrouble>> = {
  5: 'busy', // SQLITE_BUSY
  6: 'busy', // SQLITE_LOCKED
  8: 'readOnly', // SQLITE_READONLY
  10: 'full', // SQLITE_IOERR: a quota, a vanished mount; like a full disk, nothing more can be written
  11: 'corrupt', // SQLITE_CORRUPT
  13: 'full', // SQLITE_FULL
  14: 'readOnly', // SQLITE_CANTOPEN
  26: 'corrupt', // SQLITE_NOTADB
};

/** What a thrown value says about the database; undefined if it did not come from SQLite. */
export function sqliteTrouble(error: unknown): SqliteTrouble | undefined {
  const code = (error as { errcode?: unknown } | undefined)?.errcode;
  if (typeof code !== 'number') return undefined;
  // Somebody took tables out of the file: it is no better than a damaged one.
  if ((code & 0xff) === 1 && /^no such (?:table|column)\b/.test((error as Error).message)) return 'corrupt';
  return TROUBLES[code & 0xff] ?? 'other';
}
