/** Applies patches to disk, all or nothing, through a journal that survives a crash at any moment; and undoes them. */
import { hostname } from 'node:os';
import { LodestoneError, toLodestoneError } from '../../base/errors.ts';
import { applyEdits } from '../../base/textEdit.ts';
import { buildPatch } from '../../core/edits/buildPatch.ts';
import type { FilePatch, Patch } from '../../core/edits/patch.ts';
import type { AppliedPatch, UndoRequest } from '../../core/engine.ts';
import {
  encodeText,
  type FileOnDisk,
  fileError,
  hashNow,
  readTarget,
  removeTemporary,
  replaceFile,
  sha256,
  temporaryName,
  writeDurably,
} from './patchFiles.ts';

type Row = Record<string, unknown>;
type Value = string | number;

/**
 * What the journal needs of its database (UserDatabase has it): the tables `journal(id, state, payload)` and
 * `applied_patches(sequence, id, title, applied_at, undone, payload)`, each write durable when it returns.
 */
export interface JournalStore {
  /** False where the store lives in memory only: then no file may be changed. */
  readonly persistent: boolean;
  all(sql: string, ...values: Value[]): Row[];
  get(sql: string, ...values: Value[]): Row | undefined;
  run(sql: string, ...values: Value[]): number;
  transaction<T>(work: () => T): T;
}

/** One file of an operation under way. */
interface Step {
  readonly path: string;
  readonly full: string;
  readonly temporary: string;
  readonly beforeHash: string;
  readonly afterHash: string;
  /** The file's bytes before, base64: what a rollback writes. */
  readonly original: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

interface JournalPayload {
  readonly pid: number;
  readonly host: string;
  readonly startedAt: number;
  readonly steps: readonly Step[];
  /** Row of applied_patches to add, or the patch whose undoing this is. */
  readonly record?: AppliedRecord;
  readonly undoes?: string;
}

interface AppliedRecord {
  readonly id: string;
  readonly title: string;
  readonly appliedAt: string;
  readonly files: readonly { readonly path: string; readonly before: string; readonly after: string }[];
}

export interface JournalOptions {
  readonly root: string;
  readonly store: JournalStore;
  /** Wall-clock time for `appliedAt` and for telling a crashed process from one at work. */
  readonly now: () => Date;
  /** Called between steps; tests kill the process here. */
  readonly onStep?: (step: string) => void;
}

export interface Recovery {
  readonly completed: readonly string[];
  readonly rolledBack: readonly string[];
  /** Files that somebody changed after the crash: they were left as they are. */
  readonly leftAlone: readonly string[];
}

/** Patches that can be undone; older ones are forgotten, which bounds the store. */
const KEPT_PATCHES = 100;
/** A journal entry of a process that is still alive is left to it for this long. */
const PATIENCE_MS = 5 * 60_000;
const UNDO = 'undo:';

export class PatchJournal {
  constructor(private readonly options: JournalOptions) {}

  /**
   * Finishes or takes back what a crash interrupted. To be called when the store is opened, before anything is
   * applied. An operation is completed once all new versions were on disk, else rolled back.
   */
  recover(): Recovery {
    const recovery = { completed: [] as string[], rolledBack: [] as string[], leftAlone: [] as string[] };
    for (const row of this.options.store.all('SELECT id, state, payload FROM journal ORDER BY id')) {
      const payload = JSON.parse(String(row['payload'])) as JournalPayload;
      if (this.isAtWork(payload)) continue;
      const id = String(row['id']);
      const moved = payload.steps.filter(({ full, beforeHash, afterHash }) => {
        const now = hashNow(full);
        return now !== beforeHash && now !== afterHash;
      });
      if (row['state'] === 'committing' && !moved.length && this.allReady(payload.steps)) {
        for (const step of payload.steps)
          if (hashNow(step.full) !== step.afterHash) replaceFile(step.temporary, step.full);
        this.finish(id, payload);
        recovery.completed.push(...payload.steps.map(({ path }) => path));
      } else {
        this.takeBack(payload.steps);
        this.options.store.run('DELETE FROM journal WHERE id = ?', id);
        recovery.rolledBack.push(...payload.steps.filter((step) => !moved.includes(step)).map(({ path }) => path));
        recovery.leftAlone.push(...moved.map(({ path }) => path));
      }
    }
    return recovery;
  }

  /**
   * Writes a patch. Throws fileChanged where a file is not what the patch was made for, badArguments outside the
   * repository, binaryFile, storeReadOnly or storeFull; in each case no file has changed.
   */
  apply(patch: Patch): AppliedPatch {
    const files = patch.files.map((file) => ({ file, disk: this.checked(file) }));
    const record: AppliedRecord = {
      id: this.freshId(patch.id),
      title: patch.title,
      appliedAt: this.options.now().toISOString(),
      files: patch.files.map(({ path, before, after }) => ({ path, before, after })),
    };
    this.write(record.id, files, { record });
    return toApplied(record, false);
  }

  /**
   * Notes a patch that the host applied itself, so that it can be undone after a reload. A patch made by `undoLast`
   * marks the one it undoes instead.
   */
  record(patch: Patch): AppliedPatch {
    const { store, now } = this.options;
    if (patch.id.startsWith(UNDO)) {
      const id = patch.id.slice(UNDO.length);
      store.run('UPDATE applied_patches SET undone = 1 WHERE id = ?', id);
      const row = store.get('SELECT id, title, applied_at, undone, payload FROM applied_patches WHERE id = ?', id);
      if (row) return toApplied(fromRow(row), true);
    }
    const record: AppliedRecord = {
      id: this.freshId(patch.id),
      title: patch.title,
      appliedAt: now().toISOString(),
      files: patch.files.map(({ path, before, after }) => ({ path, before, after })),
    };
    store.transaction(() => this.insert(record));
    return toApplied(record, false);
  }

  /**
   * The inverse of the last patch that was not undone, under its title; undefined if there is none. With `write` it is applied (and
   * marked undone); without, the host applies it and calls `record` with it. Throws fileChanged where a file moved on.
   */
  undoLast({ write, unsaved = {} }: UndoRequest): Patch | undefined {
    const row = this.options.store.get(
      'SELECT id, title, applied_at, undone, payload FROM applied_patches WHERE undone = 0 ORDER BY sequence DESC LIMIT 1',
    );
    if (!row) return undefined;
    const record = fromRow(row);
    const files = record.files.map(({ path, before, after }) => {
      const disk = this.unmoved(path);
      // What the user sees must be what the patch left; bytes on disk may lag behind an editor's buffer.
      if ((write ? disk.text : (unsaved[path] ?? disk.text)) !== after) throw changed(path);
      return { path, beforeHash: disk.hash, before: after, after: before, disk };
    });
    const patch: Patch = {
      ...buildPatch({
        title: record.title,
        files,
        risk: { score: 0, components: [] },
        syntaxErrors: 0,
        validationErrors: 0,
        sources: ['undo'],
        validatedBy: ['journal'],
      }),
      id: UNDO + record.id,
    };
    if (write) {
      const disks = new Map(files.map(({ path, disk }) => [path, disk]));
      this.write(
        `undo-${record.id}`,
        patch.files.map((file) => ({ file, disk: disks.get(file.path) as FileOnDisk })),
        { undoes: record.id },
      );
    }
    return patch;
  }

  /** The last patches, newest first. */
  applied(limit = 20): AppliedPatch[] {
    return this.options.store
      .all('SELECT id, title, applied_at, undone, payload FROM applied_patches ORDER BY sequence DESC LIMIT ?', limit)
      .map((row) => toApplied(fromRow(row), row['undone'] === 1));
  }

  /** The file on disk if it is exactly what the patch was made for. */
  private checked(file: FilePatch): FileOnDisk {
    if (file.beforeHash === '')
      throw new LodestoneError('notFound', `${file.path} has never been saved.`, { advice: 'Save the file first.' });
    const disk = this.unmoved(file.path);
    if (disk.hash !== file.beforeHash || disk.text !== file.before) throw changed(file.path);
    if ((disk.mode & 0o222) === 0)
      throw new LodestoneError('storeReadOnly', `${file.path} is read-only; nothing was changed.`, {
        advice: 'Make the file writable first.',
      });
    if (applyEdits(file.before, file.edits) !== file.after)
      throw new LodestoneError('badArguments', `The patch for ${file.path} contradicts itself.`);
    return disk;
  }

  /** The target of a patch; one that is gone, or no text any more, has changed since too. */
  private unmoved(path: string): FileOnDisk {
    try {
      return readTarget(this.options.root, path);
    } catch (error) {
      const { code } = toLodestoneError(error);
      throw code === 'notFound' || code === 'binaryFile' ? changed(path) : error;
    }
  }

  /** Prepare all, declare, rename all, record: a crash before the declaration rolls back, after it rolls forward. */
  private write(
    id: string,
    files: readonly { file: FilePatch; disk: FileOnDisk }[],
    outcome: Pick<JournalPayload, 'record' | 'undoes'>,
  ): void {
    const { store, now, onStep } = this.options;
    this.requirePersistence();
    const contents = files.map(({ file, disk }) => encodeText(file.after, disk));
    const steps: Step[] = files.map(({ file, disk }, index) => ({
      path: file.path,
      full: disk.full,
      temporary: temporaryName(disk.full, `${sha256(Buffer.from(id)).slice(0, 8)}-${process.pid}`),
      beforeHash: disk.hash,
      afterHash: sha256(contents[index] as Buffer),
      original: disk.bytes.toString('base64'),
      mode: disk.mode,
      uid: disk.uid,
      gid: disk.gid,
    }));
    const payload: JournalPayload = {
      pid: process.pid,
      host: hostname(),
      startedAt: now().getTime(),
      steps,
      ...outcome,
    };
    store.run('INSERT INTO journal (id, state, payload) VALUES (?, ?, ?)', id, 'preparing', JSON.stringify(payload));
    // The first write is what shows that a store cannot be written: it then goes on in memory.
    this.requirePersistence();
    let path = '';
    try {
      onStep?.('declared');
      steps.forEach((step, index) => {
        path = step.path;
        writeDurably(step.temporary, contents[index] as Buffer, step);
        onStep?.(`prepared ${index}`);
      });
      store.run("UPDATE journal SET state = 'committing' WHERE id = ?", id);
      onStep?.('committing');
      steps.forEach((step, index) => {
        path = step.path;
        if (hashNow(step.full) !== step.beforeHash) throw changed(step.path);
        replaceFile(step.temporary, step.full);
        onStep?.(`replaced ${index}`);
      });
    } catch (cause) {
      this.takeBack(steps);
      store.run('DELETE FROM journal WHERE id = ?', id);
      throw fileError(cause, path, 'write');
    }
    this.finish(id, payload);
    onStep?.('finished');
  }

  private requirePersistence(): void {
    if (this.options.store.persistent) return;
    throw new LodestoneError(
      'storeReadOnly',
      'The store cannot be written, so nothing was changed: a crash could not be undone.',
      {
        advice: 'Make the cache folder writable or choose another with --cache.',
      },
    );
  }

  /** In one transaction: the journal forgets the operation and the record of it appears. */
  private finish(id: string, { record, undoes }: JournalPayload): void {
    const { store } = this.options;
    store.transaction(() => {
      if (record) this.insert(record);
      if (undoes !== undefined) store.run('UPDATE applied_patches SET undone = 1 WHERE id = ?', undoes);
      store.run('DELETE FROM journal WHERE id = ?', id);
    });
  }

  private insert(record: AppliedRecord): void {
    const { store } = this.options;
    store.run(
      'INSERT INTO applied_patches (id, title, applied_at, undone, payload) VALUES (?, ?, ?, 0, ?)',
      record.id,
      record.title,
      record.appliedAt,
      JSON.stringify(record.files),
    );
    store.run(
      'DELETE FROM applied_patches WHERE sequence <= (SELECT MAX(sequence) FROM applied_patches) - ?',
      KEPT_PATCHES,
    );
  }

  /** Restores every file that already has its new version, and only those; removes what was prepared. */
  private takeBack(steps: readonly Step[]): void {
    for (const step of steps) {
      removeTemporary(step.temporary);
      if (step.beforeHash === step.afterHash || hashNow(step.full) !== step.afterHash) continue;
      writeDurably(step.temporary, Buffer.from(step.original, 'base64'), step);
      replaceFile(step.temporary, step.full);
    }
  }

  private allReady(steps: readonly Step[]): boolean {
    return steps.every(
      ({ full, temporary, afterHash }) => hashNow(full) === afterHash || hashNow(temporary) === afterHash,
    );
  }

  private isAtWork({ pid, host, startedAt }: JournalPayload): boolean {
    if (host !== hostname() || pid === process.pid) return false;
    if (this.options.now().getTime() - startedAt > PATIENCE_MS) return false;
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EPERM';
    }
  }

  /** Applying the same patch again is another entry. */
  private freshId(id: string): string {
    const row = this.options.store.get('SELECT COALESCE(MAX(sequence), 0) AS last FROM applied_patches');
    return `${id}.${Number(row?.['last'] ?? 0) + 1}`;
  }
}

function fromRow(row: Row): AppliedRecord {
  return {
    id: String(row['id']),
    title: String(row['title']),
    appliedAt: String(row['applied_at']),
    files: JSON.parse(String(row['payload'])) as AppliedRecord['files'],
  };
}

function toApplied(record: AppliedRecord, undone: boolean): AppliedPatch {
  const { id, title, appliedAt, files } = record;
  return { id, title, appliedAt, paths: files.map(({ path }) => path), undone };
}

function changed(path: string): LodestoneError {
  return new LodestoneError('fileChanged', `${path} has changed since; nothing was written.`, {
    args: { path },
    advice: 'Go on from the file as it is now, or put back what the patch left there.',
  });
}
