/** The command line's manners: help, wrong use, exit codes, one JSON value, pipes that close. */
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../projectRoot.ts';
import { assertSchema, cliBundle, nodeBinary, parseOnly, Scratch } from './lodestone.ts';

describe('cli basics @quick', () => {
  let scratch: Scratch;
  beforeEach(() => {
    scratch = new Scratch();
  });
  afterEach(() => scratch.dispose());

  it('prints its version', async () => {
    const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
    assert.equal((await scratch.run(['--version'])).stdout, `lodestone ${version}\n`);
    assert.equal((await scratch.json<{ version: string }>(['version'])).version, version);
  });

  it('lists every command with its usage', async () => {
    const { commands } = await scratch.json<{ commands: { name: string; usage: string }[] }>(['help']);
    const names = commands.map(({ name }) => name);
    for (const name of ['mine', 'context', 'heal', 'facts', 'doctor', 'undo', 'version', 'help'])
      assert.ok(names.includes(name), name);
    for (const name of names) {
      const { stdout, code } = await scratch.run([name, '--help']);
      assert.equal(code, 0);
      assert.ok(stdout.startsWith(`Usage: lodestone ${name}`), stdout);
    }
  });

  const wrong: [args: string[], says: RegExp][] = [
    [['explode'], /no command "explode"/],
    [['mine'], /argument is missing/],
    [['mine', 'a', 'b'], /Unexpected argument "b"/],
    [['mine', ''], /argument is empty/],
    [['mine', '.', '--cache='], /--cache has no value/],
    [['mine', 'nowhere'], /no "nowhere"/],
    [['mine', '.', '--frobnicate'], /--frobnicate/],
    [['mine', '.', '--write'], /--write/],
    [['mine', 'a.ts'], /not a folder/],
    [['facts', '.'], /is a folder/],
    [['facts', 'notes.txt'], /notes\.txt/],
    [['context', 'a.ts'], /line is missing/],
    [['context', 'a.ts', '--line', '0'], /whole number/],
    [['context', 'a.ts', '--line', '1e3'], /whole number/],
    [['context', 'a.ts', '--line', '1', '--bytes', '-1'], /bytes/],
    [['heal'], /argument is missing/],
    [['heal', 'a.ts', '--max-risk', '2'], /from 0 to 1/],
    [['heal', 'a.ts', 'gone.ts'], /no "gone\.ts"/],
  ];
  for (const [args, says] of wrong)
    it(`refuses "${args.join(' ')}" with exit code 2, advice, and JSON where asked`, async () => {
      scratch.write({ 'a.ts': 'export const a = 1;\n', 'notes.txt': 'hello\n' });
      const text = await scratch.run(args);
      assert.equal(text.code, 2, text.stderr);
      assert.match(text.stderr, says);
      assert.equal(text.stdout, '');
      assert.ok(text.stderr.trimEnd().split('\n').length >= 2, `no advice: ${text.stderr}`);
      const json = await scratch.run([...args, '--json']);
      assert.equal(json.code, 2);
      assertSchema('error', parseOnly(json.stdout));
    });

  it('takes options alone for a call for help', async () => {
    assertSchema('help', parseOnly((await scratch.run(['--json'])).stdout));
  });

  it("never takes the folder it stands in for one of the user's", async () => {
    const trusted = JSON.stringify({ schemaVersion: 1, repositories: { [scratch.repository]: true } });
    scratch.write({ 'a.ts': 'export const a = 1;\n', 'relative/lodestone/trust.json': trusted });
    scratch.write({ '.config/lodestone/trust.json': trusted });
    for (const env of [
      { XDG_CONFIG_HOME: 'relative' },
      { XDG_CONFIG_HOME: '', HOME: '' },
      { XDG_CONFIG_HOME: '', HOME: '.' },
    ]) {
      const { stdout } = await scratch.run(['doctor', '--json'], { env });
      assert.equal((JSON.parse(stdout) as { trusted: boolean }).trusted, false, JSON.stringify(env));
    }
    for (const env of [{ XDG_CACHE_HOME: 'other' }, { XDG_CACHE_HOME: '', HOME: '.' }]) {
      await scratch.run(['facts', 'a.ts'], { env: { ...env, XDG_CONFIG_HOME: scratch.config } });
      assert.ok(!existsSync(join(scratch.repository, 'other')) && !existsSync(join(scratch.repository, '.cache')));
    }
  });

  it('takes common options before the command', async () => {
    scratch.write({ 'a.ts': 'export const a = 1;\n' });
    const run = await scratch.run(['--json', '--cache', join(scratch.folder, 'other'), 'facts', 'a.ts']);
    assert.equal(run.code, 0, run.stderr);
    parseOnly(run.stdout);
  });

  it('works through a link from any working directory, as npm installs it', async () => {
    scratch.write({ 'a.ts': 'export function here() {}\n' });
    const link = join(scratch.folder, 'lodestone');
    symlinkSync(cliBundle, link);
    const run = await scratch.run(['facts', '../repository/a.ts', '--json'], {
      bundle: link,
      cwd: scratch.config.replace(/config$/, 'repository'),
    });
    assert.equal(run.code, 0, run.stderr);
    const value = parseOnly(run.stdout) as unknown as { path: string };
    assert.equal(value.path, 'a.ts');
  });

  it('on an older Node runs under the one beside it, else says so with exit code 3', async function () {
    const [major = 0, minor = 0] = (spawnSync('node', ['--version'], { encoding: 'utf8' }).stdout ?? '')
      .slice(1)
      .split('.')
      .map(Number);
    // The reports of another version come from a preload that changes what process.versions says.
    const preload = join(scratch.folder, 'older.cjs');
    scratch.write({ '../older.cjs': "Object.defineProperty(process.versions, 'node', { value: '20.1.0' });\n" });
    const inPlace = await scratch.run(['version'], { env: { NODE_OPTIONS: `--require ${preload}` } });
    // The chosen Node is pretended old as well here, and must not loop.
    assert.equal(inPlace.code, 3);
    assert.match(inPlace.stderr, /Node 22\.13 or later is needed/);
    if (major < 22 || (major === 22 && minor < 13))
      assert.equal((await scratch.run(['version'], { node: 'node' })).code, 0);
    const alone = join(scratch.folder, 'alone/dist');
    mkdirSync(alone, { recursive: true });
    cpSync(cliBundle, join(alone, 'cli.js'));
    const without = await scratch.run(['version'], {
      bundle: join(alone, 'cli.js'),
      env: { NODE_OPTIONS: `--require ${preload}` },
    });
    assert.equal(without.code, 3);
    assert.match(without.stderr, /npm install/);
  });

  it('ends quietly when the reader of its output goes away', () => {
    const command = `"${nodeBinary}" "${cliBundle}" help | head -c 10 && "${nodeBinary}" "${cliBundle}" help | true; echo "\${PIPESTATUS[0]}"`;
    const { stderr, stdout } = spawnSync('bash', ['-c', command], { encoding: 'utf8' });
    assert.equal(stderr, '');
    assert.match(stdout, /0\n$/);
  });

  it('says so when its output cannot be written', () => {
    const { status, stderr } = spawnSync('bash', ['-c', `"${nodeBinary}" "${cliBundle}" help > /dev/full`], {
      encoding: 'utf8',
    });
    assert.equal(status, 3);
    assert.match(stderr, /ENOSPC|no space/);
  });

  it('remembers trust in the configuration folder and forgets it', async () => {
    await scratch.json(['trust', '.']);
    const { repositories } = JSON.parse(readFileSync(join(scratch.config, 'lodestone/trust.json'), 'utf8'));
    assert.deepEqual(repositories, { [scratch.repository]: true });
    assert.deepEqual(await scratch.json(['trust', '.', '--forget']), {
      schemaVersion: 1,
      root: scratch.repository,
      trusted: false,
    });
  });
});
