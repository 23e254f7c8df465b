/** `heal` with the real compilers: proposes without touching, writes when asked, keeps bytes, takes back, trusts nobody. */
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '../missing.ts';
import { cliBundle, nodeBinary, Scratch, samples } from './lodestone.ts';

interface HealValue {
  readonly files: readonly {
    readonly path: string;
    readonly before: readonly { line: number; column: number; code: string; category: string; tool: string }[];
    readonly after: readonly unknown[];
    readonly diff: string;
    readonly risk: { score: number; components: readonly unknown[] };
    readonly canApply: boolean;
    readonly applied: boolean;
    readonly reason: string;
    readonly sources: readonly string[];
    readonly validatedBy: readonly string[];
  }[];
}

const has = (tool: string) => spawnSync(tool, ['--version']).status === 0;

/** Hash of every file below a folder but git's own. */
function fingerprint(folder: string): string {
  const hash = createHash('sha256');
  for (const name of (readdirSync(folder, { recursive: true }) as string[]).sort())
    if (statSync(join(folder, name)).isFile()) hash.update(name).update(readFileSync(join(folder, name)));
  return hash.digest('hex');
}

describe('cli heal', () => {
  let scratch: Scratch;
  beforeEach(() => {
    scratch = new Scratch();
  });
  afterEach(() => scratch.dispose());

  const heal = async (...args: string[]) => await scratch.json<HealValue>(['heal', ...args], { codes: [0, 1] });

  it('heals every broken file of the sample, and without --write changes none', async function () {
    this.timeout(180_000);
    needs(this, has('python3') && has('ruff'), 'python3 with ruff');
    cpSync(join(samples, 'workspace'), scratch.repository, { recursive: true });
    spawnSync('git', ['init', '-q'], { cwd: scratch.repository });
    const before = fingerprint(scratch.repository);
    const broken = JSON.parse(readFileSync(join(samples, 'broken.json'), 'utf8')) as { path: string }[];
    const paths = broken.map(({ path }) => path);
    const { files } = await heal(...paths);
    assert.deepEqual(
      files.map(({ path }) => path),
      paths,
    );
    for (const file of files) {
      assert.ok(file.before.length > 0, `${file.path} has no errors`);
      assert.deepEqual(file.after, [], `${file.path}: ${file.reason}`);
      assert.ok(file.diff.includes('@@') && file.diff.includes(file.path), file.diff);
      assert.ok(file.canApply && !file.applied && file.sources.length > 0 && file.validatedBy.length > 0);
      assert.ok(file.risk.components.length > 0);
    }
    assert.equal(fingerprint(scratch.repository), before);
    const diffs = files.map(({ diff }) => diff).join('');
    for (const line of [
      'findById(tx, input.paymentId)',
      'await this.payments.findByOrder',
      'for total in totals:',
      'import Decimal',
    ])
      assert.ok(diffs.includes(line), `${line} is not in\n${diffs}`);
    assert.ok(/^\+import .*asyncHandler/m.test(diffs), diffs);
    // git itself accepts what was proposed.
    const check = spawnSync('git', ['apply', '--check', '-'], {
      cwd: scratch.repository,
      input: diffs,
      encoding: 'utf8',
    });
    assert.equal(check.status, 0, check.stderr);
  });

  it('writes a broken line as it stands between the same neighbours elsewhere, where nothing else repairs it', async function () {
    needs(this, has('python3'), 'python3');
    cpSync(join(samples, 'workspace'), scratch.repository, { recursive: true });
    const path = 'pipeline/src/reporting/payments.py';
    const whole = scratch.text(path);
    const broken = whole.replace('day.isoformat())', 'day.isoformat(');
    assert.notEqual(broken, whole);
    scratch.write({ [path]: broken });
    const { files } = await heal(path);
    assert.deepEqual(files[0]?.after, [], files[0]?.reason);
    assert.match(files[0]?.sources.join() ?? '', /^infill: Write the statement anew \(copy /);
    assert.match(files[0]?.diff ?? '', /^\+ +rows = db\.fetch_all\(QUERY, day\.isoformat\(\)\)$/m);
    assert.equal(scratch.text(path), broken);
  });

  it('writes with --write, keeps CRLF and BOM, says 0 when nothing is left, and takes it back', async () => {
    const broken =
      '\ufeffexport function total(prices: number[]): number {\r\n  return prices.reduse((a, b) => a + b, 0);\r\n}\r\n';
    scratch.write({ 'tsconfig.json': '{"compilerOptions":{"strict":true}}', 'total.ts': broken });
    const dry = await scratch.run(['heal', 'total.ts']);
    assert.equal(dry.code, 1, dry.stderr);
    assert.match(dry.stdout, /Not written/);
    assert.equal(scratch.text('total.ts'), broken);

    const { files } = await scratch.json<HealValue>(['heal', 'total.ts', '--write'], { codes: [0] });
    assert.equal(files[0]?.applied, true);
    const written = readFileSync(join(scratch.repository, 'total.ts'), 'utf8');
    assert.equal(written, broken.replace('reduse', 'reduce'));

    const undone = await scratch.json<{ undone: boolean; paths: string[] }>(['undo', '.']);
    assert.deepEqual([undone.undone, undone.paths], [true, ['total.ts']]);
    assert.equal(scratch.text('total.ts'), broken);
    assert.equal((await scratch.json<{ undone: boolean }>(['undo', '.'])).undone, false);
  });

  it('does not take back a patch over a file that changed since', async () => {
    scratch.write({ 'a.ts': 'export const n = "abc".lenght;\n' });
    assert.equal((await heal('a.ts', '--write')).files[0]?.applied, true);
    const mine = 'export const n = "abc".length; // mine\n';
    scratch.write({ 'a.ts': mine });
    const run = await scratch.run(['undo', '.', '--json']);
    assert.equal(run.code, 1, run.stderr);
    assert.equal(scratch.text('a.ts'), mine);
    rmSync(join(scratch.repository, 'a.ts'));
    assert.equal((await scratch.run(['undo', '.', '--json'])).code, 1);
    assert.ok(!existsSync(join(scratch.repository, 'a.ts')));
  });

  it('refuses a patch above --max-risk and says why', async () => {
    const broken = 'export const n = "abc".lenght;\n';
    scratch.write({ 'a.ts': broken });
    const { files } = await heal('a.ts', '--write', '--max-risk', '0');
    assert.ok((files[0]?.risk.score ?? 0) > 0);
    assert.equal(files[0]?.applied, false);
    assert.match(files[0]?.reason ?? '', /risk/);
    assert.equal(scratch.text('a.ts'), broken);
  });

  it('writes what leaves fewer errors, but not where --max-risk says that nobody looks', async () => {
    const broken = 'export const n = "abc".lenght;\nexport const m = ({}) < 1n;\n';
    scratch.write({ 'a.ts': broken });
    const unattended = (await heal('a.ts', '--write', '--max-risk', '1')).files[0];
    assert.equal(unattended?.applied, false);
    assert.match(unattended?.reason ?? '', /leaves errors/);
    assert.equal(scratch.text('a.ts'), broken);
    const asked = (await heal('a.ts', '--write')).files[0];
    assert.equal(asked?.applied, true);
    assert.equal(asked?.after.length, 1);
    assert.equal(scratch.text('a.ts'), broken.replace('lenght', 'length'));
  });

  it('leaves a file without errors alone, even its time', async () => {
    scratch.write({ 'fine.ts': 'export const fine = 1;\n' });
    const then = new Date(2020, 1, 1);
    utimesSync(join(scratch.repository, 'fine.ts'), then, then);
    const { files } = await scratch.json<HealValue>(['heal', 'fine.ts', '--write'], { codes: [0] });
    assert.deepEqual([files[0]?.before, files[0]?.diff, files[0]?.applied], [[], '', false]);
    assert.equal(statSync(join(scratch.repository, 'fine.ts')).mtimeMs, then.getTime());
  });

  it('says 3 and what to do where no tool for the language is there', async () => {
    scratch.write({ 'a.py': 'def f()\n    return 1\n', 'empty/.keep': '' });
    const run = await scratch.run(['heal', 'a.py'], { env: { PATH: join(scratch.repository, 'empty') } });
    assert.equal(run.code, 3, run.stdout);
    assert.match(run.stdout, /Install Python/);
    const doctor = await scratch.run(['doctor', '.'], { env: { PATH: join(scratch.repository, 'empty') } });
    assert.equal(doctor.code, 1);
    assert.match(doctor.stdout, /python +missing/);
  });

  it('never answers with a deletion or a suppression', async () => {
    scratch.write({ 'a.ts': 'export function f(): string {\n  return zzyzx.qqq(1, 2);\n}\n' });
    const { files } = await heal('a.ts', '--write');
    assert.equal(files[0]?.applied, false);
    assert.match(scratch.text('a.ts'), /zzyzx\.qqq\(1, 2\)/);
    assert.ok(files[0]?.reason);
  });

  it('reports columns in UTF-16 units from 1', async function () {
    needs(this, has('python3'), 'python3');
    scratch.write({ 'a.ts': 'export const x = "😀" + zzyzx;\n', 'b.py': 'x = ("😀" 1)\n' });
    const { files } = await heal('a.ts', 'b.py');
    assert.deepEqual(
      [files[0]?.before[0]?.line, files[0]?.before[0]?.column],
      [1, 'export const x = "😀" + '.length + 1],
    );
    assert.equal(files[1]?.before[0]?.line, 1);
    assert.equal(files[1]?.before[0]?.category, 'syntax');
  });

  it('gives the same bytes twice, times apart', async () => {
    scratch.write({ 'a.ts': 'export const n = "abc".lenght;\nexport const m = [1].fliter((x) => x);\n' });
    const bytes = async () =>
      (await scratch.run(['heal', 'a.ts', '--json'])).stdout.replace(/"durationMs": [\d.]+/g, '');
    const first = await bytes();
    assert.equal(await bytes(), first);
  });

  it('runs nothing of a repository that is not trusted', async function () {
    this.timeout(120_000);
    const marker = join(scratch.folder, 'executed');
    const touch = `require('node:fs').writeFileSync(${JSON.stringify(marker)}, '');`;
    const python = `open(${JSON.stringify(marker)}, "w").close()\n`;
    scratch.write({
      'package.json': '{"name":"hostile","devDependencies":{"eslint":"9.0.0","typescript":"5.0.0"}}',
      'eslint.config.js': `${touch}\nmodule.exports = [];`,
      'node_modules/eslint/package.json':
        '{"name":"eslint","version":"9.0.0","main":"index.js","bin":{"eslint":"bin/eslint.js"}}',
      'node_modules/eslint/index.js': touch,
      'node_modules/eslint/bin/eslint.js': touch,
      'node_modules/typescript/package.json': '{"name":"typescript","version":"5.0.0","main":"lib/typescript.js"}',
      'node_modules/typescript/lib/typescript.js': touch,
      'node_modules/plugin/index.js': touch,
      'tsconfig.json': '{"compilerOptions":{"plugins":[{"name":"plugin"}]}}',
      'sitecustomize.py': python,
      'usercustomize.py': python,
      'conftest.py': python,
      'json.py': python,
      'ast.py': python,
      '.venv/bin/python': `#!/bin/sh\ntouch ${marker}\n`,
      'pyproject.toml': '[tool.pytest.ini_options]\n[tool.mypy]\nplugins = ["conftest"]\n[tool.pyright]\n',
      'a.ts': 'export const n = "abc".lenght;\n',
      'b.py': 'def f(:\n    pass\n',
    });
    spawnSync('chmod', ['+x', join(scratch.repository, '.venv/bin/python')]);
    spawnSync('git', ['init', '-q'], { cwd: scratch.repository });
    for (const [key, value] of [
      ['core.fsmonitor', `touch ${marker}`],
      ['core.hooksPath', scratch.repository],
      ['core.pager', `touch ${marker}`],
      ['diff.external', `touch ${marker}`],
      ['core.sshCommand', `touch ${marker}`],
    ] as const)
      spawnSync('git', ['config', key, value], { cwd: scratch.repository });
    for (const args of [
      ['mine', '.'],
      ['facts', 'a.ts'],
      ['context', 'a.ts', '--line', '1'],
      ['doctor', '.'],
      ['heal', 'a.ts', 'b.py'],
    ]) {
      const run = await scratch.run(args);
      assert.ok([0, 1].includes(run.code as number), `${args}: ${run.code} ${run.stderr}`);
      assert.equal(existsSync(marker), false, `${args.join(' ')} executed something`);
    }
  });

  it('asks a person once whether to trust, and remembers the answer', function () {
    needs(this, has('script'), 'script of util-linux');
    scratch.write({ 'a.ts': 'export const a = 1;\n' });
    const ask = (answer: string) =>
      spawnSync('script', ['-qec', `"${nodeBinary}" "${cliBundle}" heal a.ts`, '/dev/null'], {
        cwd: scratch.repository,
        env: { ...process.env, XDG_CACHE_HOME: scratch.cache, XDG_CONFIG_HOME: scratch.config },
        input: answer,
        encoding: 'utf8',
      }).stdout;
    assert.match(ask('always\n'), /Do you trust the authors/);
    const { repositories } = JSON.parse(readFileSync(join(scratch.config, 'lodestone/trust.json'), 'utf8'));
    assert.deepEqual(repositories, { [scratch.repository]: true });
    assert.doesNotMatch(ask(''), /Do you trust/);
  });

  it('does not write through a link that leaves the repository', async () => {
    const outside = join(scratch.folder, 'outside.ts');
    scratch.write({ '../outside.ts': 'export const n = "abc".lenght;\n' });
    spawnSync('ln', ['-s', outside, join(scratch.repository, 'link.ts')]);
    const run = await scratch.run(['heal', 'link.ts', '--write', '--json']);
    assert.ok([1, 2].includes(run.code as number), `${run.code} ${run.stderr}`);
    assert.equal(readFileSync(outside, 'utf8'), 'export const n = "abc".lenght;\n');
  });
});
