/** The journal on a real disk and database: encodings kept, refusals, undo, and kill -9 at every step. */
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { buildPatch } from '../../../src/core/edits/buildPatch.ts';
import type { Patch } from '../../../src/core/edits/patch.ts';
import { decodeText } from '../../../src/node/files/decodeText.ts';
import { sha256 } from '../../../src/node/journal/patchFiles.ts';
import { type JournalOptions, type JournalStore, PatchJournal } from '../../../src/node/journal/patchJournal.ts';
import { UserDatabase } from '../../../src/node/store/userDatabase.ts';
import { projectRoot } from '../../projectRoot.ts';

describe('PatchJournal', () => {
  let folder: string;
  let root: string;
  let store: UserDatabase;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lodestone-journal-'));
    root = join(folder, 'repository');
    mkdirSync(join(root, 'src'), { recursive: true });
    store = new UserDatabase(join(folder, 'user.sqlite'));
  });
  afterEach(() => {
    store.close();
    rmSync(folder, { recursive: true });
  });

  const open = (options: Partial<JournalOptions> = {}) =>
    new PatchJournal({ root, store, now: () => new Date(0), ...options });
  const put = (path: string, content: string | Buffer) => writeFileSync(join(root, path), content);
  const bytes = (path: string) => readFileSync(join(root, path));
  const text = (path: string) => bytes(path).toString('utf8');
  const patchOf = (...changes: [path: string, change: (text: string) => string][]): Patch =>
    buildPatch({
      title: 'A change',
      files: changes.map(([path, change]) => {
        const before = decodeText(bytes(path)).text;
        return { path, beforeHash: sha256(bytes(path)), before, after: change(before) };
      }),
      risk: { score: 0, components: [] },
      syntaxErrors: 0,
      validationErrors: 0,
      sources: [],
      validatedBy: ['test'],
    });
  const leftovers = () =>
    (readdirSync(root, { recursive: true }) as string[]).filter((name) => name.includes('lodestone-'));

  it('keeps encoding, byte order mark, line endings, missing final newline and mode', () => {
    put('src/a.py', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from('x = 1\r\ny = é', 'utf8')]));
    chmodSync(join(root, 'src/a.py'), 0o755);
    const utf16 = (value: string) => Buffer.from(`\ufeff${value}`, 'utf16le');
    put('b.js', utf16('let a = "ü";\r\n'));
    put('c.js', utf16('let a = "ü";\n').swap16());
    const applied = open().apply(
      patchOf(
        ['src/a.py', (value) => value.replace('1', '2')],
        ['b.js', (value) => value.replace('let', 'const')],
        ['c.js', (value) => value.replace('let', 'const')],
      ),
    );
    assert.deepEqual(
      bytes('src/a.py'),
      Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from('x = 2\r\ny = é')]),
    );
    assert.equal(statSync(join(root, 'src/a.py')).mode & 0o777, 0o755);
    assert.deepEqual(bytes('b.js'), utf16('const a = "ü";\r\n'));
    assert.deepEqual(bytes('c.js'), utf16('const a = "ü";\n').swap16());
    assert.deepEqual(applied.paths, ['b.js', 'c.js', 'src/a.py']);
    assert.deepEqual(leftovers(), []);
  });

  it('undoes the last patch, then the one before, and refuses where a file moved on', () => {
    put('a.py', 'one\n');
    const journal = open();
    journal.apply(patchOf(['a.py', () => 'two\n']));
    journal.apply(patchOf(['a.py', () => 'three\n']));
    put('a.py', 'mine\n');
    assert.throws(() => journal.undoLast({ write: true }), { code: 'fileChanged' });
    assert.equal(text('a.py'), 'mine\n');
    for (const gone of ['', 'tw\0o\n']) {
      rmSync(join(root, 'a.py'), { force: true });
      if (gone !== '') put('a.py', gone);
      assert.throws(() => journal.undoLast({ write: true }), { code: 'fileChanged' });
      assert.equal(existsSync(join(root, 'a.py')), gone !== '');
    }
    put('a.py', 'three\n');
    assert.equal(journal.undoLast({ write: true })?.files[0]?.after, 'two\n');
    assert.equal(text('a.py'), 'two\n');
    // A new process knows as much.
    open().undoLast({ write: true });
    assert.equal(text('a.py'), 'one\n');
    assert.equal(open().undoLast({ write: true }), undefined);
    assert.deepEqual(
      journal.applied().map(({ undone }) => undone),
      [true, true],
    );
  });

  it('an editor applies and undoes by itself: recorded, shown as a patch, marked when told', () => {
    put('a.py', 'one\n');
    const patch = patchOf(['a.py', () => 'two\n']);
    put('a.py', 'two\n');
    const journal = open();
    journal.record(patch);
    const inverse = journal.undoLast({ write: false });
    assert.equal(inverse?.files[0]?.after, 'one\n');
    assert.equal(text('a.py'), 'two\n', 'the host writes, not the journal');
    assert.equal(journal.applied()[0]?.undone, false);
    journal.record(inverse as Patch);
    assert.equal(journal.applied()[0]?.undone, true);
    assert.equal(journal.undoLast({ write: false }), undefined);
  });

  it('takes an unsaved buffer for the file where the host undoes, never where it writes itself', () => {
    put('a.py', 'one\n');
    const journal = open();
    journal.record(patchOf(['a.py', () => 'two\n']));
    // Accepted into a buffer that was never saved, then typed in.
    const typed = { 'a.py': 'two and more\n' };
    assert.throws(() => journal.undoLast({ write: false, unsaved: typed }), { code: 'fileChanged' });
    assert.throws(() => journal.undoLast({ write: true, unsaved: { 'a.py': 'two\n' } }), { code: 'fileChanged' });
    assert.equal(journal.undoLast({ write: false, unsaved: { 'a.py': 'two\n' } })?.files[0]?.after, 'one\n');
  });

  it('refuses what is not its business, and changes nothing', () => {
    put('a.py', 'a\n');
    put('b.py', 'b\n');
    writeFileSync(join(folder, 'outside.py'), 'out\n');
    symlinkSync(join(folder, 'outside.py'), join(root, 'link.py'));
    symlinkSync(folder, join(root, 'up'));
    put('latin.py', Buffer.from([0x78, 0xe9, 0x0a]));
    const change = (value: string) => `${value}more\n`;
    const good = patchOf(['a.py', change]);
    const journal = open();
    const withPath = (path: string): Patch => ({
      ...good,
      files: [...good.files, { ...(patchOf(['b.py', change]).files[0] as Patch['files'][0]), path }],
    });
    for (const [path, code] of [
      ['../outside.py', 'badArguments'],
      ['/etc/hostname', 'badArguments'],
      ['link.py', 'badArguments'],
      ['up/outside.py', 'badArguments'],
      ['src', 'unreadable'],
      ['gone.py', 'fileChanged'],
      ['latin.py', 'fileChanged'],
    ] as const) {
      assert.throws(() => journal.apply(withPath(path)), { code }, path);
      assert.equal(text('a.py'), 'a\n', path);
    }
    const both = withPath('b.py');
    put('b.py', 'b changed\n');
    assert.throws(() => journal.apply(both), { code: 'fileChanged' });
    assert.equal(text('a.py'), 'a\n');
    assert.equal(readFileSync(join(folder, 'outside.py'), 'utf8'), 'out\n');
    chmodSync(join(root, 'a.py'), 0o444);
    assert.throws(() => journal.apply(good), { code: 'storeReadOnly' });
    assert.deepEqual(leftovers(), []);
    assert.deepEqual(store.all('SELECT id FROM journal'), []);
    assert.deepEqual(journal.applied(), []);
  });

  it('takes everything back when a file changes between the check and the rename', () => {
    put('a.py', 'a\n');
    put('b.py', 'b\n');
    const journal = open({
      onStep: (step) => {
        if (step === 'replaced 0') put('b.py', 'typed meanwhile\n');
      },
    });
    assert.throws(() => journal.apply(patchOf(['a.py', () => 'A\n'], ['b.py', () => 'B\n'])), { code: 'fileChanged' });
    assert.equal(text('a.py'), 'a\n');
    assert.equal(text('b.py'), 'typed meanwhile\n');
    assert.deepEqual(leftovers(), []);
    assert.deepEqual(store.all('SELECT id FROM journal'), []);
  });

  it('says so when the disk is full, and nothing is lost', () => {
    put('a.py', 'a\n');
    put('b.py', 'b\n');
    const journal = open({
      onStep: (step) => {
        if (step === 'prepared 0') throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      },
    });
    assert.throws(() => journal.apply(patchOf(['a.py', () => 'A\n'], ['b.py', () => 'B\n'])), { code: 'storeFull' });
    assert.deepEqual([text('a.py'), text('b.py'), leftovers()], ['a\n', 'b\n', []]);
  });

  it('refuses to write without a durable journal', () => {
    put('a.py', 'a\n');
    const volatile: JournalStore = new Proxy(store, {
      get: (target, key) => {
        if (key === 'persistent') return false;
        const value = Reflect.get(target, key, target) as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    assert.throws(() => open({ store: volatile }).apply(patchOf(['a.py', () => 'A\n'])), { code: 'storeReadOnly' });
    assert.equal(text('a.py'), 'a\n');
  });

  describe('killed with SIGKILL', () => {
    let script: string;
    before(() => {
      script = join(mkdtempSync(join(tmpdir(), 'lodestone-child-')), 'child.cjs');
      esbuild.buildSync({
        entryPoints: [join(projectRoot, 'test/unit/journal/applyInChild.ts')],
        outfile: script,
        bundle: true,
        platform: 'node',
        format: 'cjs',
        logLevel: 'silent',
      });
    });
    after(() => rmSync(join(script, '..'), { recursive: true }));

    for (const [step, completed] of [
      ['declared', false],
      ['prepared 0', false],
      ['prepared 1', false],
      ['committing', true],
      ['replaced 0', true],
      ['replaced 1', true],
      ['finished', true],
    ] as const)
      it(`at "${step}": ${completed ? 'completed' : 'rolled back'} at the next start`, () => {
        put('a.py', 'one\n');
        put('src/b.py', 'two\n');
        const child = spawnSync(
          process.execPath,
          [script, root, join(folder, 'user.sqlite'), step, 'a.py', 'src/b.py'],
          { encoding: 'utf8' },
        );
        assert.equal(child.signal, 'SIGKILL', child.stderr);
        const journal = open();
        journal.recover();
        assert.deepEqual([text('a.py'), text('src/b.py')], completed ? ['ONE\n', 'TWO\n'] : ['one\n', 'two\n']);
        assert.deepEqual(leftovers(), []);
        assert.equal(journal.applied().length, completed ? 1 : 0);
        if (completed) journal.undoLast({ write: true });
        assert.deepEqual([text('a.py'), text('src/b.py')], ['one\n', 'two\n']);
        assert.deepEqual(journal.recover(), { completed: [], rolledBack: [], leftAlone: [] });
      });

    it('leaves alone what somebody edited after the crash', () => {
      put('a.py', 'one\n');
      put('src/b.py', 'two\n');
      spawnSync(process.execPath, [script, root, join(folder, 'user.sqlite'), 'replaced 0', 'a.py', 'src/b.py']);
      put('src/b.py', 'edited\n');
      assert.deepEqual(open().recover().leftAlone, ['src/b.py']);
      assert.deepEqual([text('a.py'), text('src/b.py')], ['one\n', 'edited\n']);
      assert.deepEqual(leftovers(), []);
    });
  });
});
