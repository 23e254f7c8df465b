/** `mine`, `facts` and `context` over the bundled sample: true to the files, the same each time, within the schemas. */
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { MiningReport, Snippet } from '../../src/core/mining/attractor.ts';
import type { ContextReport } from '../../src/core/retrieval/context.ts';
import type { FileFacts } from '../../src/core/syntax/facts.ts';
import { Scratch, samples } from './lodestone.ts';

const ROUTES = 'service/src/routes/orderRoutes.ts';

describe('cli over a repository', () => {
  const scratch = new Scratch();
  let report: MiningReport;

  before(async () => {
    cpSync(join(samples, 'workspace'), scratch.repository, { recursive: true });
    const git = (...args: string[]) =>
      assert.equal(
        spawnSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args], { cwd: scratch.repository })
          .status,
        0,
      );
    git('init', '-q');
    git('add', '.');
    git('commit', '-q', '-m', 'all');
    report = await scratch.json<MiningReport>(['mine', '.']);
  });
  after(() => scratch.dispose());

  it('parses every source file of all six languages', async () => {
    const sources = spawnSync('git', ['ls-files', '*.ts', '*.js', '*.py', '*.go', '*.rs'], {
      cwd: scratch.repository,
      encoding: 'utf8',
    });
    assert.equal(report.parsed, sources.stdout.trim().split('\n').length);
    assert.deepEqual(report.skipped, []);
  });

  it('finds the idioms that the sample was written with', () => {
    const seen = JSON.stringify(report.attractors.filter(({ page }) => page));
    for (const api of ['asyncHandler', 'withTransaction', 'logger.info']) assert.ok(seen.includes(api), api);
  });

  it('finds the one place that does not wait for what sixty others wait for', async () => {
    const other = new Scratch();
    try {
      const save = "import { store } from './store';\n";
      const waits = (name: string) => `export async function ${name}(id: string) {\n  await store.save(id);\n}\n`;
      other.write({ 'store.ts': 'export const store = { async save(id: string) { return id; } };\n' });
      for (let file = 0; file < 20; file++)
        other.write({
          [`f${file}.ts`]: save + ['add', 'change', 'drop'].map((verb) => waits(`${verb}${file}`)).join(''),
        });
      other.write({ 'hasty.ts': `${save}export async function hasty(id: string) {\n  store.save(id);\n}\n` });
      const { deviants } = await other.json<MiningReport>(['mine', '.']);
      const found = deviants.find(({ rule }) => rule.includes('save') && rule.includes('await'));
      assert.ok(found, JSON.stringify(deviants.map(({ rule }) => rule)));
      assert.deepEqual([found.kept, found.broken], [60, 1]);
      assert.deepEqual(
        found.sites.map(({ path, line }) => [path, line]),
        [['hasty.ts', 3]],
      );
    } finally {
      other.dispose();
    }
  });

  it('recognises the frameworks', () => {
    const ids = report.frameworks.map(({ id }) => id);
    for (const id of ['express', 'pytest']) assert.ok(ids.includes(id), ids.join());
  });

  it('shows only text that stands at its line', () => {
    const snippets: Snippet[] = [
      ...report.attractors.flatMap((attractor) => [
        ...attractor.snippets,
        ...attractor.antipatterns.flatMap(({ snippet }) => (snippet ? [snippet] : [])),
      ]),
      ...report.deviants.flatMap(({ sites, example }) => [...sites, example]),
    ];
    assert.ok(snippets.length > 20);
    const lineStart = (text: string, line: number) =>
      text
        .split('\n')
        .slice(0, line - 1)
        .join('\n').length + (line > 1 ? 1 : 0);
    for (const { path, line, text } of snippets) {
      const whole = scratch.text(path);
      const at = whole.indexOf(text, lineStart(whole, line));
      assert.ok(at !== -1 && at < lineStart(whole, line + 1), `${path}:${line} ${text}`);
    }
  });

  it('gives the same bytes from a cold and a warm store, durationMs apart', async () => {
    const bytes = async (cache: string) => {
      const { stdout } = await scratch.run(['mine', '.', '--json', '--cache', join(scratch.folder, cache)]);
      return stdout.replace(/"durationMs": [\d.]+/g, '"durationMs": 0');
    };
    const [cold, warm, other] = [await bytes('one'), await bytes('one'), await bytes('two')];
    assert.equal(warm, cold);
    assert.equal(other, cold);
  });

  it('prints a page for a person', async () => {
    const { stdout, stderr, code } = await scratch.run(['mine', scratch.repository]);
    assert.equal(code, 0);
    assert.equal(stderr, '');
    assert.match(stdout, /Attractors \(\d+ of \d+\)/);
    assert.match(stdout, /resonance 0\.\d\d/);
    assert.ok(!stdout.includes('\u001b'));
  });

  it('lists the facts of a file', async () => {
    const facts = await scratch.json<FileFacts & { path: string }>(['facts', ROUTES]);
    assert.equal(facts.path, ROUTES);
    assert.equal(facts.language, 'typescript');
    const routes = facts.functions.find(({ name }) => name === 'orderRoutes');
    assert.ok(routes?.signature.startsWith('export function orderRoutes(orders: OrderService): Router'));
    assert.equal(
      scratch.text(ROUTES).split('\n')[(routes?.startLine ?? 0) - 1]?.startsWith('export function orderRoutes'),
      true,
    );
    assert.ok(facts.calls.some(({ name, line }) => name === 'requireParam' && line > 1));
    assert.ok(facts.imports.some(({ module }) => module === 'express'));
  });

  it('gives a context within its bytes, the same each time', async () => {
    const line = String(
      scratch
        .text(ROUTES)
        .split('\n')
        .findIndex((text) => text.includes('requireBody<')) + 1,
    );
    const context = await scratch.json<ContextReport>(['context', ROUTES, '--line', line]);
    assert.equal(Buffer.byteLength(context.considerBlock), context.bytes);
    assert.ok(context.bytes > 0 && context.bytes <= 1536);
    const known = new Set(report.attractors.map(({ id }) => id));
    assert.ok(context.attractors.length > 0 && context.attractors.every((id) => known.has(id)));
    assert.ok(
      context.apis.some(({ name }) => name === 'requireBody'),
      JSON.stringify(context.apis),
    );
    assert.deepEqual(await scratch.json(['context', ROUTES, '--line', line]), context);
    const small = await scratch.json<ContextReport>(['context', ROUTES, '--line', line, '--bytes', '300']);
    assert.ok(small.bytes <= 300);
  });

  it('answers for a line past the end and for an empty file', async () => {
    scratch.write({ 'service/src/empty.ts': '' });
    await scratch.json(['context', 'service/src/empty.ts', '--line', '1']);
    await scratch.json(['context', ROUTES, '--line', '99999']);
  });

  it('shows the tools it found', async () => {
    const { tools } = await scratch.json<{ tools: { tool: string; status: string; advice: string }[] }>(
      ['doctor', '.'],
      { codes: [0, 1] },
    );
    assert.ok(tools.some(({ tool, status }) => tool === 'node' && status === 'ok'));
    assert.ok(
      tools.some(({ tool, status }) => tool === 'typescript' && status === 'ok'),
      JSON.stringify(tools),
    );
    for (const { status, advice, tool } of tools) if (status === 'missing') assert.ok(advice, `${tool} has no advice`);
  });
});
