/**
 * Mines real repositories and writes each one's page for reading, with the time of every stage.
 * Usage: node scripts/bench.mjs mining-pages [REPOSITORY…]   (folders; default: the bundles in ../shared/data/repos, cloned to a temporary folder)
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { loadCatalog } from '../src/core/catalog/catalog.ts';
import type { FileAnalysis, MiningContext } from '../src/core/indexing/contracts.ts';
import type { Attractor, MiningReport } from '../src/core/mining/attractor.ts';
import { miningDepsFrom } from '../src/core/mining/miningData.ts';
import { createMiningReducer } from '../src/core/mining/miningReducer.ts';
import { NodeDataFiles } from '../src/node/dataFiles.ts';
import { FileAnalyser } from '../src/node/treeSitter/fileAnalyser.ts';
import { TreeSitterParser } from '../src/node/treeSitter/treeSitterParser.ts';
import { TreeSitterRuntime } from '../src/node/treeSitter/treeSitterRuntime.ts';

const root = process.env.LODESTONE_ROOT ?? process.cwd();
const SOURCE = /\.(?:[cm]?[jt]sx?|py|rs|go)$/;
const MANIFEST =
  /(?:^|\/)(?:package\.json|pyproject\.toml|requirements[^/]*\.txt|Cargo\.toml|go\.mod|Pipfile|setup\.(?:py|cfg))$/;

const clock = { now: () => performance.now(), yieldNow: () => new Promise<void>((done) => setImmediate(done)) };

/** CPU milliseconds of this process: on a shared machine wall time says little. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

type Mined = Pick<MiningReport, 'attractors' | 'frameworks' | 'deviants'>;

async function mineFolder(folder: string, runtime: TreeSitterRuntime, data: NodeDataFiles) {
  const listed = execFileSync('git', ['-C', folder, 'ls-files'], { encoding: 'utf8', maxBuffer: 1 << 28 }).split('\n');
  const texts = new Map<string, string>();
  const manifests = new Map<string, string>();
  let start = cpu();
  for (const path of listed) {
    if (!existsSync(join(folder, path))) continue;
    if (SOURCE.test(path)) texts.set(path, readFileSync(join(folder, path), 'utf8'));
    else if (MANIFEST.test(path)) manifests.set(path, readFileSync(join(folder, path), 'utf8'));
  }
  const times: Record<string, number> = { read: cpu() - start };
  const parser = new TreeSitterParser(runtime);
  const analyser = new FileAnalyser(runtime);
  start = cpu();
  for (const [path, text] of texts) await parser.parse(analyser.languageOf(path), text);
  times.parseAndWalk = cpu() - start;
  start = cpu();
  const analyses = new Map<string, FileAnalysis>();
  for (const [path, text] of texts) {
    const analysis = await analyser.analyse(path, text);
    if ('facts' in analysis) analyses.set(path, analysis);
  }
  times.analyse = cpu() - start;
  const reducer = createMiningReducer(miningDepsFrom(await loadCatalog(data), await background(data), clock));
  start = cpu();
  for (const [path, analysis] of analyses) reducer.set(path, analysis);
  times.set = cpu() - start;
  const context: MiningContext = {
    manifests,
    history: new Map(),
    headDate: undefined,
    text: async (path) => texts.get(path),
  };
  start = cpu();
  const report = await reducer.report(context, {});
  times.report = cpu() - start;
  const [first] = analyses;
  if (first) {
    start = cpu();
    reducer.set(first[0], first[1]);
    times.setAgain = cpu() - start;
    start = cpu();
    await reducer.report(context, {});
    times.reportAgain = cpu() - start;
  }
  const bytes = [...texts.values()].reduce((sum, text) => sum + text.length, 0);
  return { report, times, files: texts.size, bytes };
}

async function background(data: NodeDataFiles): Promise<string | undefined> {
  const names = await data.list('background');
  return names.includes('functions.txt') ? data.read('background/functions.txt') : undefined;
}

function page(name: string, report: Mined, files: number, bytes: number): string {
  const out = [`# ${name}`, '', `${files} source files, ${Math.round(bytes / 1024)} KB.`, ''];
  out.push(
    `Frameworks: ${report.frameworks.map(({ title, files: users }) => `${title} (${users})`).join(', ') || 'none'}.`,
    '',
  );
  report.attractors
    .filter(({ page }) => page)
    .forEach((attractor, index) => {
      out.push(...section(index + 1, attractor));
    });
  out.push('## After the page', '');
  for (const { name: title, support, files: spread, common, kind } of report.attractors
    .filter(({ page }) => !page)
    .slice(0, 40))
    out.push(`- ${title} (${kind}, ${support} in ${spread}${common ? ', common' : ''})`);
  out.push('', '## Deviants', '');
  for (const deviant of report.deviants) {
    const first = deviant.sites[0];
    out.push(`- ${deviant.rule}: ${deviant.kept} keep it, ${deviant.broken} do not; ${first?.path}:${first?.line}`);
  }
  return `${out.join('\n')}\n`;
}

function section(place: number, attractor: Attractor): string[] {
  const { name, kind, summary, support, files, resonance, snippets, antipatterns, apis } = attractor;
  const lines = [
    `## ${place}. ${name}`,
    '',
    `${kind}, ${support} sites in ${files} files, resonance ${resonance}. ${summary}`,
    '',
  ];
  lines.push(`APIs: ${apis.join(', ')}`, '');
  const [first] = snippets;
  // Code of other repositories is shown to read, and never kept: LODESTONE_CODE=1 puts it in.
  if (first && process.env.LODESTONE_CODE) lines.push(`${first.path}:${first.line}`, '```', first.text, '```', '');
  else if (first) lines.push(`${first.path}:${first.line}-${first.endLine}`, '');
  for (const { id, summary: text, snippet } of antipatterns)
    lines.push(`- anti-pattern ${id}: ${text}${snippet ? ` ${snippet.path}:${snippet.line}` : ''}`);
  return lines;
}

async function main(): Promise<void> {
  const data = new NodeDataFiles(root, { data: join(root, 'src/data'), grammars: join(root, 'grammars') });
  const runtime = new TreeSitterRuntime({
    runtimeWasm: join(root, 'node_modules/web-tree-sitter/web-tree-sitter.wasm'),
    grammars: join(root, 'grammars'),
  });
  let folders = process.argv.slice(2);
  let temporary: string | undefined;
  if (folders.length === 0) {
    const bundles = join(root, '../shared/data/repos');
    if (!existsSync(bundles)) {
      console.log(`Skipped: ${bundles} is missing. Name repositories on the command line.`);
      return;
    }
    temporary = mkdtempSync(join(tmpdir(), 'lodestone-mining-'));
    for (const bundle of readdirSync(bundles).filter((name) => name.endsWith('.bundle')))
      execFileSync('git', ['clone', '-q', join(bundles, bundle), join(temporary, basename(bundle, '.bundle'))]);
    folders = readdirSync(temporary).map((name) => join(temporary as string, name));
  }
  const reports = process.env.LODESTONE_REPORTS ?? join(root, 'bench/reports');
  mkdirSync(reports, { recursive: true });
  for (const folder of folders) {
    const { report, times, files, bytes } = await mineFolder(folder, runtime, data);
    const name = basename(folder);
    writeFileSync(join(reports, `${name}.md`), page(name, report, files, bytes));
    const base = (times.read as number) + (times.parseAndWalk as number);
    const total = (times.read as number) + (times.analyse as number) + (times.set as number) + (times.report as number);
    const shown = Object.entries(times).map(([stage, ms]) => `${stage} ${ms.toFixed(0)} ms`);
    console.log(
      `${name}: ${files} files, ${(bytes / 1048576).toFixed(2)} MB; ${shown.join(', ')}; cold ÷ (read + parse + walk) = ${(total / base).toFixed(2)}`,
    );
  }
  if (temporary) rmSync(temporary, { recursive: true, force: true });
}

void main();
