/** Python's real tools: the compiler, ruff, mypy, pyright and pytest, on texts that are not on disk. */
import { strict as assert } from 'node:assert';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyEdits } from '../../src/base/textEdit.ts';
import { loadCatalog } from '../../src/core/catalog/catalog.ts';
import { fixRulesFrom } from '../../src/core/catalog/loadedData.ts';
import { parseMutations } from '../../src/core/edits/mutations.ts';
import { heal } from '../../src/core/healing/healFiles.ts';
import type { Snapshot, Toolchain } from '../../src/core/ports.ts';
import { NodeDataFiles } from '../../src/node/dataFiles.ts';
import { NodeProcesses } from '../../src/node/processes.ts';
import { PythonChecker } from '../../src/node/toolchains/pythonChecker.ts';
import { PythonEnvironment } from '../../src/node/toolchains/pythonEnvironment.ts';
import { needs } from '../missing.ts';
import { projectRoot } from '../projectRoot.ts';
import { createPythonTools, type PythonTools } from './pythonTools.ts';
import { healDeps, writeFiles } from './typescriptFixture.ts';

const script = join(projectRoot, 'src/data/toolchains/python_check.py');
const trusted = { trusted: true };
const untrusted = { trusted: false };

describe('Python toolchains', () => {
  let root: string;
  let tools: PythonTools;
  const byId = (id: string) => [...tools.toolchains, ...tools.judges].find((one) => one.id === id) as Toolchain;
  const overlay = (files: Record<string, string>): Snapshot => ({ root, overlay: new Map(Object.entries(files)) });

  before(async () => {
    const dataFiles = new NodeDataFiles(projectRoot, { data: join(projectRoot, 'src/data') });
    const rules = fixRulesFrom(await loadCatalog(dataFiles), 'python');
    tools = await createPythonTools({
      assetsDir: join(projectRoot, 'src'),
      dataFiles,
      processes: new NodeProcesses(),
      rules,
    });
  });
  after(async () => {
    for (const tool of [...tools.toolchains, ...tools.judges]) await tool.close();
    await tools.close();
  });
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'lodestone-python-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  async function need(context: Mocha.Context, id: string, what: string): Promise<void> {
    const { status } = await byId(id).probe(root, true);
    needs(context, status === 'ok', what);
  }

  describe('compiler', () => {
    before(async function () {
      const found = await tools.environment.interpreter(tmpdir(), false);
      needs(this, found, 'Python 3.8 or later');
    });

    it('gives places in UTF-16 columns, whatever stands before them', async () => {
      const text = "x = 'é😀'; y = (1\n";
      const { diagnostics } = await byId('python').diagnose(overlay({ 'a.py': text }), ['a.py'], untrusted);
      assert.equal(diagnostics.length, 1);
      assert.equal(diagnostics[0]?.category, 'syntax');
      assert.equal(diagnostics[0]?.column, text.indexOf('(') + 1);
    });

    it('finds undefined names behind a star import in UTF-16 columns', async () => {
      const text = "from math import *\ns = '😀'; t = sqrt(undefined_one)\n";
      const { diagnostics } = await byId('python').diagnose(overlay({ 'a.py': text }), ['a.py'], untrusted);
      assert.deepEqual(
        diagnostics.map(({ line, column, category }) => ({ line, column, category })),
        [
          {
            line: 2,
            column: (text.split('\n')[1] as string).indexOf('undefined_one') + 1,
            category: 'undefined variable',
          },
        ],
      );
    });

    it('never runs the text, nor what lies beside it', async () => {
      const mark = join(root, 'ran');
      const evil = `open(${JSON.stringify(mark)}, 'w').write('x')\n`;
      for (const name of ['math.py', 'sitecustomize.py', 'usercustomize.py', 'json.py', 'a.py'])
        writeFileSync(join(root, name), evil);
      const text = `from math import *\nfrom a import *\n${evil}`;
      await byId('python').diagnose(overlay({ 'b.py': text }), ['b.py', 'a.py'], untrusted);
      assert.equal(existsSync(mark), false);
      assert.ok(!readdirSync(root).includes('__pycache__'));
    });

    it('does not start the interpreter of an untrusted repository, and does of a trusted one', async () => {
      mkdirSync(join(root, '.venv/bin'), { recursive: true });
      const mark = join(root, 'ran');
      for (const name of ['python', 'ruff']) {
        writeFileSync(join(root, '.venv/bin', name), `#!/bin/sh\ntouch ${mark}\nexit 1\n`);
        chmodSync(join(root, '.venv/bin', name), 0o755);
      }
      const environment = new PythonEnvironment(new NodeProcesses(), {
        selected: () => join(root, '.venv/bin/python'),
      });
      assert.ok(await environment.interpreter(root, false));
      await environment.tool('ruff', root, false);
      assert.equal(existsSync(mark), false);
      assert.equal(environment.interpreters(root, true)[0]?.origin, 'selected');
      await environment.interpreter(root, true);
      assert.equal(existsSync(mark), true);
    });

    it('calls a source in UTF-16 an error, as Python does', async () => {
      writeFileSync(join(root, 'wide.py'), Buffer.from('\ufeffx = 1\n', 'utf16le'));
      const { diagnostics } = await byId('python').diagnose(overlay({}), ['wide.py'], untrusted);
      assert.deepEqual(
        diagnostics.map(({ code, category }) => [code, category]),
        [['SyntaxError', 'syntax']],
      );
    });

    it('survives texts that no compiler can take', async () => {
      const texts = {
        'nul.py': 'x = 1\0\n',
        'deep.py': `x = ${'('.repeat(5000)}${')'.repeat(5000)}\n`,
        'unary.py': `x = ${'-'.repeat(100_000)}1\n`,
        'surrogate.py': "x = '\ud800'\n",
        'long.py': `x = [${'1, '.repeat(100_000)}]\n`,
        'empty.py': '',
        'lone.py': 'x = (1\ry = 2\r\n',
      };
      const { diagnostics } = await byId('python').diagnose(overlay(texts), Object.keys(texts), untrusted);
      for (const path of ['nul.py', 'deep.py', 'surrogate.py', 'lone.py'])
        assert.ok(
          diagnostics.some((one) => one.path === path && one.category === 'syntax'),
          path,
        );
      assert.ok(!diagnostics.some(({ path }) => path === 'empty.py' || path === 'long.py'));
      const next = await byId('python').diagnose(overlay({ 'a.py': 'x = 1\n' }), ['a.py'], untrusted);
      assert.deepEqual(next.diagnostics, []);
    });

    it('ends a hanging interpreter, and starts again after one that died', async function () {
      const slow = join(root, 'slow.py');
      writeFileSync(slow, 'import time\ntime.sleep(60)\n');
      const found = await tools.environment.interpreter(root, false);
      const hanging = new PythonChecker(found?.path as string, slow, 300);
      await assert.rejects(hanging.check([{ path: 'a.py', text: '', look: 'syntax' }]), { code: 'toolTimedOut' });
      const dying = join(root, 'dying.py');
      const flag = join(root, 'once');
      writeFileSync(
        dying,
        `import os, runpy, sys\nif not os.path.exists(${JSON.stringify(flag)}):\n    open(${JSON.stringify(flag)}, 'w').close()\n    os._exit(9)\nrunpy.run_path(${JSON.stringify(script)}, run_name='__main__')\n`,
      );
      const checker = new PythonChecker(found?.path as string, dying);
      assert.deepEqual(await checker.check([{ path: 'a.py', text: 'x = 1\n', look: 'syntax' }]), [[]]);
      checker.close();
      const controller = new AbortController();
      const waiting = new PythonChecker(found?.path as string, slow).check([], controller.signal);
      controller.abort();
      await assert.rejects(waiting, { code: 'cancelled' });
    });

    it('heals several slips of one file in one proposal, within two exchanges a slip', async () => {
      const text = 'def area(w, h)\n    if w = 0:\n        return 0\n    return max(w, h * w\n';
      const python = byId('python');
      const { diagnostics } = await python.diagnose(overlay({ 'a.py': text }), ['a.py'], untrusted);
      const [best] = await python.propose(overlay({ 'a.py': text }), diagnostics, untrusted);
      assert.equal(
        applyEdits(text, best?.edits['a.py'] ?? []),
        'def area(w, h):\n    if w == 0:\n        return 0\n    return max(w, h * w)\n',
      );
      assert.equal(best?.fromTool, false);
    });

    it('imports from where the repository declares the name', async () => {
      const dataFiles = new NodeDataFiles(projectRoot, { data: join(projectRoot, 'src/data') });
      const own = await createPythonTools({
        assetsDir: join(projectRoot, 'src'),
        dataFiles,
        processes: new NodeProcesses(),
        rules: fixRulesFrom(await loadCatalog(dataFiles), 'python'),
        names: () => ({ exporters: (name) => (name === 'fetch_user' ? [{ module: 'app.users', name }] : []) }),
      });
      const text = 'from math import *\nprint(fetch_user(1))\n';
      const python = own.toolchains[0] as Toolchain;
      const { diagnostics } = await python.diagnose(overlay({ 'a.py': text }), ['a.py'], untrusted);
      const proposed = await python.propose(overlay({ 'a.py': text }), diagnostics, untrusted);
      assert.equal(
        applyEdits(text, proposed[0]?.edits['a.py'] ?? []),
        'from math import *\nfrom app.users import fetch_user\nprint(fetch_user(1))\n',
      );
      await python.close();
    });
  });

  describe('ruff', () => {
    beforeEach(function () {
      return need(this, 'ruff', 'ruff');
    });

    it('reports plain mistakes as errors where nothing is configured, in UTF-16 columns, and not unused imports', async () => {
      const text = 'import os\nÉ = "😀"; print(zz)\n';
      const { diagnostics } = await byId('ruff').diagnose(overlay({ 'a.py': text }), ['a.py'], untrusted);
      assert.deepEqual(
        diagnostics.map(({ code, line, column, severity }) => ({ code, line, column, severity })),
        [{ code: 'F821', line: 2, column: (text.split('\n')[1] as string).indexOf('zz') + 1, severity: 'error' }],
      );
    });

    it("brings ruff's own fixes as edits", async () => {
      const text = 'y = "😀"; x = 5 is 5\r\nprint(x)\r\n';
      const ruff = byId('ruff');
      const { diagnostics } = await ruff.diagnose(overlay({ 'a.py': text }), ['a.py'], untrusted);
      const [fix] = await ruff.propose(overlay({ 'a.py': text }), diagnostics, untrusted);
      assert.equal(fix?.fromTool, true);
      assert.equal(applyEdits(text, fix?.edits['a.py'] ?? []), 'y = "😀"; x = 5 == 5\r\nprint(x)\r\n');
    });

    it("reads the repository's configuration only when trusted", async () => {
      writeFileSync(join(root, 'ruff.toml'), '[lint]\nselect = ["B006", "E501"]\n');
      const text = 'def f(x=[]):\n    return x\n';
      const ruff = byId('ruff');
      assert.deepEqual((await ruff.diagnose(overlay({ 'a.py': text }), ['a.py'], untrusted)).diagnostics, []);
      const seen = (await ruff.diagnose(overlay({ 'a.py': text }), ['a.py'], trusted)).diagnostics;
      assert.deepEqual(
        seen.map(({ code, severity }) => [code, severity]),
        [['B006', 'error']],
      );
      writeFileSync(
        join(root, 'ruff.toml'),
        'fix = true\nfix-only = true\nshow-fixes = true\n[lint]\nselect = ["B006"]\n',
      );
      assert.equal((await ruff.diagnose(overlay({ 'a.py': text }), ['a.py'], trusted)).diagnostics.length, 1);
      writeFileSync(join(root, 'ruff.toml'), 'select = [\n');
      await assert.rejects(ruff.diagnose(overlay({ 'a.py': text }), ['a.py'], trusted), { code: 'toolFailed' });
    });
  });

  for (const [id, configuration] of [
    ['mypy', '[tool.mypy]\nstrict = true\n'],
    ['pyright', '[tool.pyright]\n'],
  ] as const)
    describe(id, () => {
      const text = 'def f(x: int) -> str:\n    return x\n\n\nprint(f(1), yy)\n';
      beforeEach(async function () {
        this.timeout(120_000);
        writeFileSync(join(root, 'pyproject.toml'), configuration);
        writeFileSync(join(root, 'a.py'), 'x = 1\n');
        await need(this, id, id);
      });

      it('is asked only where the project uses it and is trusted', async () => {
        assert.equal((await byId(id).probe(root, false)).status, 'notNeeded');
        assert.equal((await byId(id).probe(root, true)).status, 'ok');
        rmSync(join(root, 'pyproject.toml'));
        assert.equal((await byId(id).probe(root, true)).status, 'notNeeded');
        await assert.rejects(byId(id).diagnose(overlay({ 'a.py': text }), ['a.py'], untrusted), { code: 'untrusted' });
      });

      it('passes a missing argument that the function around the call has', async function () {
        this.timeout(120_000);
        const calls =
          'def send(user: int, note: str) -> None:\n    print(user, note)\n\n\ndef f(note: str, user: int) -> None:\n    send(user)\n\n\ndef g(user: int) -> None:\n    send(user)\n';
        writeFileSync(join(root, 'calls.py'), calls);
        const report = await heal(
          { files: ['calls.py'], trusted: true },
          healDeps(root, [byId('python'), byId(id)]),
          {},
        );
        assert.equal(
          report.patch?.files[0]?.after,
          calls.replace('send(user)', 'send(user, note)'),
          'and invents none',
        );
        assert.equal(report.files[0]?.after.length, 1);
      });

      it('sees the overlay, not the file, and writes nothing into the repository', async function () {
        this.timeout(120_000);
        const { diagnostics } = await byId(id).diagnose(overlay({ 'a.py': text }), ['a.py'], trusted);
        assert.deepEqual(
          diagnostics.map(({ line, category, path }) => [path, line, category]),
          [
            ['a.py', 2, 'type mismatch'],
            ['a.py', 5, 'undefined variable'],
          ],
        );
        assert.deepEqual(readdirSync(root).sort(), ['a.py', 'pyproject.toml']);
        assert.equal(readFileSync(join(root, 'a.py'), 'utf8'), 'x = 1\n');
        const clean = await byId(id).diagnose(overlay({}), ['a.py'], trusted);
        assert.deepEqual(clean.diagnostics, [], 'the overlay is gone with its snapshot');
      });
    });

  it('repairs a name that is missing in several places once, and the same way everywhere', async () => {
    const collected =
      'from typing import *\n\n\ndef merge(a: List[int]) -> list:\n    for x in a:\n        new.append(x)\n    return new[1:] + new\n';
    const misspelt = 'def f(total):\n    return totl + totl\n';
    writeFileSync(join(root, 'collected.py'), collected);
    writeFileSync(join(root, 'misspelt.py'), misspelt);
    const files = ['collected.py', 'misspelt.py'];
    const { patch } = await heal({ files, trusted: true }, healDeps(root, [byId('python'), byId('ruff')]), {});
    assert.deepEqual(
      patch?.files.map(({ after }) => after),
      [collected.replace('    for', '    new = []\n    for'), misspelt.replaceAll('totl', 'total')],
    );
  });

  describe('pytest', () => {
    it('judges a snapshot by its failing tests, in a copy', async function () {
      this.timeout(120_000);
      writeFileSync(join(root, 'area.py'), 'def area(w, h):\n    return w + h\n');
      writeFileSync(
        join(root, 'test_area.py'),
        "from area import area\n\ndef test_area():\n    open('written', 'w').close()\n    assert area(2, 3) == 6\n\ndef test_other():\n    assert True\n",
      );
      await need(this, 'pytest', 'pytest');
      const pytest = byId('pytest');
      const before = await pytest.diagnose(overlay({}), ['area.py'], trusted);
      assert.deepEqual(
        before.diagnostics.map(({ code, category }) => [code, category]),
        [['test_area.py::test_area', 'test failure']],
      );
      const fixed = overlay({ 'area.py': 'def area(w, h):\n    return w * h\n' });
      assert.deepEqual((await pytest.diagnose(fixed, ['area.py'], trusted)).diagnostics, []);
      assert.deepEqual(readdirSync(root).sort(), ['area.py', 'test_area.py']);
      await assert.rejects(pytest.diagnose(fixed, ['area.py'], untrusted), { code: 'untrusted' });
      const none = overlay({ 'test_area.py': '' });
      await assert.rejects(pytest.diagnose(none, ['area.py'], trusted), { code: 'toolFailed', message: /no tests/ });
    });

    it('runs the copy of a package that is installed in place, and names a case with blanks in its name', async function () {
      this.timeout(120_000);
      await need(this, 'pytest', 'pytest');
      writeFiles(root, {
        'src/shapes/__init__.py': 'def area(w, h):\n    return w * h\n',
        'tests/test_shapes.py':
          "import pytest\nfrom shapes import area\n\n@pytest.mark.parametrize('unit', ['square metres'])\ndef test_area(unit):\n    assert area(2, 3) == 6\n",
      });
      const before = process.env.PYTHONPATH;
      // Where `pip install -e` makes the interpreter look.
      process.env.PYTHONPATH = join(root, 'src');
      try {
        const broken = overlay({ 'src/shapes/__init__.py': 'def area(w, h):\n    return w + h\n' });
        const { diagnostics } = await byId('pytest').diagnose(broken, ['src/shapes/__init__.py'], trusted);
        assert.deepEqual(
          diagnostics.map(({ code }) => code),
          ['tests/test_shapes.py::test_area[square metres]'],
        );
      } finally {
        if (before === undefined) delete process.env.PYTHONPATH;
        else process.env.PYTHONPATH = before;
      }
    });

    const mutations = parseMutations(readFileSync(join(projectRoot, 'src/data/healing/mutations.yml'), 'utf8'));
    const withTests = () => healDeps(root, [byId('python')], { tests: [byId('pytest')], mutations });
    const count = 'def count(n):\n    return len(range(1, n))\n';

    it('lets failing tests choose a small change of logic, after the syntax is right', async function () {
      this.timeout(120_000);
      await need(this, 'pytest', 'pytest');
      const test = 'from count import count\n\ndef test_count():\n    assert count(1) == 1 and count(3) == 3\n';
      writeFiles(root, { 'count.py': count.replace('):', ')'), 'test_count.py': test });
      const { files, patch } = await heal({ files: ['count.py'], trusted: true, tests: true }, withTests(), {});
      assert.equal(patch?.files[0]?.after, 'def count(n):\n    return len(range(1, n + 1))\n');
      assert.equal(patch?.files.length, 1, 'tests are not changed');
      assert.deepEqual(
        files[0]?.before.map(({ tool }) => tool),
        ['python', 'pytest'],
      );
      assert.deepEqual(files[0]?.after, []);
      assert.ok(
        patch?.validatedBy.includes('pytest') && files[0]?.sources.some((source) => source.startsWith('mutation: ')),
      );
      assert.equal(patch?.risk.components.find(({ name }) => name === 'tests')?.value, 0);
      assert.equal(readFileSync(join(root, 'count.py'), 'utf8'), count.replace('):', ')'));
    });

    it('survives mutants and files that loop for ever, and says which test fails', async function () {
      this.timeout(120_000);
      await need(this, 'pytest', 'pytest');
      const loop = 'def last(n):\n    i = 0\n    while i < n:\n        i += 1\n    return i, "x"\n';
      const test = 'from loop import last\n\ndef test_last():\n    assert last(2) == "y"\n';
      writeFiles(root, { 'loop.py': loop, 'test_loop.py': test });
      const request = { files: ['loop.py'], trusted: true, tests: true, budgetMs: 9000 };
      const began = performance.now();
      const { files, patch } = await heal(request, withTests(), {});
      assert.ok(performance.now() - began < 25_000);
      assert.equal(patch, undefined);
      assert.deepEqual(
        files[0]?.after.map(({ category }) => category),
        ['test failure'],
      );
      assert.match(files[0]?.reason ?? '', /^A test fails, and no small change/);
      const quiet = await heal({ ...request, tests: false }, withTests(), {});
      assert.deepEqual(quiet.files[0]?.before, [], 'without being asked for no test runs');
    });
  });
});
