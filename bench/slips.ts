/**
 * Plants one slip at a time (bench/slips.json) into the files of a repository and counts how often the fix rules give
 * the file back. Arguments: DIR [python|typescript] [--verbose]. One place per slip and file, the same in every run.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { LineIndex } from '../src/base/lineIndex.ts';
import { applyEdits } from '../src/base/textEdit.ts';
import { loadCatalog } from '../src/core/catalog/catalog.ts';
import { fixRulesFrom } from '../src/core/catalog/loadedData.ts';
import { proposeFromRules, type RuleDiagnostic } from '../src/core/edits/fixRules.ts';
import { unifiedDiff } from '../src/core/edits/unifiedDiff.ts';
import { NodeDataFiles } from '../src/node/dataFiles.ts';
import { NodeProcesses } from '../src/node/processes.ts';
import { PythonToolchain } from '../src/node/toolchains/python.ts';
import { PythonEnvironment } from '../src/node/toolchains/pythonEnvironment.ts';
import { projectRoot } from '../test/projectRoot.ts';

interface Slip {
  readonly slip: string;
  readonly match: string;
  readonly replace: string;
}
/** Texts proposed for a broken text, best first; undefined where nothing is wrong with it. */
type Repair = (path: string, broken: string, whole: string) => Promise<string[] | undefined>;

/** Files above this size take the benchmark's time and say nothing new. */
const MAX_LENGTH = 60_000;
/** Spreads the places over the files. */
const STRIDE = 7919;

/** Without ruff: the checker then looks for undefined names itself. */
class CompilerOnly extends PythonEnvironment {
  override async tool(): Promise<undefined> {
    return undefined;
  }
}

function parseErrors(path: string, text: string): RuleDiagnostic[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const { parseDiagnostics } = source as unknown as { parseDiagnostics: readonly ts.DiagnosticWithLocation[] };
  const lines = new LineIndex(text);
  return parseDiagnostics.map(({ start, length, code, messageText }) => {
    const end = lines.positionAt(start + length);
    const message = ts.flattenDiagnosticMessageText(messageText, ' ');
    const place = { ...lines.positionAt(start), endLine: end.line, endColumn: end.column };
    return { path, ...place, code: `TS${code}`, message, tool: 'typescript' };
  });
}

async function main(): Promise<void> {
  const [directory, language = 'python'] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
  if (!directory || (language !== 'python' && language !== 'typescript')) {
    process.stderr.write('Usage: slips DIR [python|typescript] [--verbose]\n');
    process.exitCode = 2;
    return;
  }
  const root = resolve(directory);
  const verbose = process.argv.includes('--verbose');
  const catalog = await loadCatalog(new NodeDataFiles(projectRoot, { data: join(projectRoot, 'src/data') }));
  const python = new PythonToolchain({
    environment: new CompilerOnly(new NodeProcesses()),
    script: join(projectRoot, 'src/data/toolchains/python_check.py'),
    rules: fixRulesFrom(catalog, 'python'),
  });
  const ecmascript = fixRulesFrom(catalog, 'ecmascript');
  const repairs: Record<'python' | 'typescript', Repair> = {
    python: async (path, broken, whole) => {
      const snapshot = (text: string) => ({ root, overlay: new Map([[path, text]]) });
      const errors = async (text: string) =>
        (await python.diagnose(snapshot(text), [path], { trusted: false })).diagnostics;
      const found = await errors(broken);
      if (found.length <= (await errors(whole)).length) return undefined;
      const candidates = await python.propose(snapshot(broken), found, { trusted: false });
      return candidates.map(({ edits }) => applyEdits(broken, edits[path] ?? []));
    },
    typescript: async (path, broken) => {
      const diagnostics = parseErrors(path, broken);
      if (!diagnostics.length) return undefined;
      const proposals = await proposeFromRules(ecmascript, { path, family: 'ecmascript', text: broken, diagnostics });
      // The healer tries six a problem.
      const tried = [...Map.groupBy(proposals, ({ answers }) => answers).values()].flatMap((list) => list.slice(0, 6));
      const texts = tried.map(({ edits }) => applyEdits(broken, edits[path] ?? []));
      return texts.filter((text) => parseErrors(path, text).length === 0);
    },
  };
  const slips =
    (JSON.parse(readFileSync(join(projectRoot, 'bench/slips.json'), 'utf8')) as Record<string, Slip[]>)[language] ?? [];
  const ending = language === 'python' ? /\.py$/ : /\.[cm]?tsx?$/;
  const files = (readdirSync(root, { recursive: true }) as string[]).filter((name) => ending.test(name)).sort();
  // Where an import goes among others is a matter of taste; that it is there is not.
  const same = (slip: string, a: string, b: string) =>
    a === b || (slip.includes('import') && lineSet(a) === lineSet(b));
  const total = { planted: 0, repaired: 0, first: 0, among: 0 };
  const times: number[] = [];
  for (const { slip, match, replace } of slips) {
    const row = { planted: 0, repaired: 0, first: 0, among: 0 };
    for (const [number, file] of files.entries()) {
      const whole = readFileSync(join(root, file), 'utf8');
      const places = whole.length > MAX_LENGTH ? [] : [...whole.matchAll(new RegExp(match, 'gm'))];
      const place = places[(number * STRIDE + 13) % Math.max(1, places.length)];
      if (!place) continue;
      const planted =
        whole.slice(0, place.index) +
        replace.replace('$1', () => place[1] ?? '') +
        whole.slice(place.index + place[0].length);
      const begun = performance.now();
      const texts = await repairs[language](file, planted, whole);
      if (!texts) continue;
      times.push(performance.now() - begun);
      row.planted++;
      if (texts.length) row.repaired++;
      if (texts[0] !== undefined && same(slip, texts[0], whole)) row.first++;
      else if (verbose)
        process.stdout.write(
          `--- ${slip}: ${file}\n${unifiedDiff(file, planted, whole, 0)}got\n${unifiedDiff(file, planted, texts[0] ?? planted, 0)}`,
        );
      if (texts.some((text) => same(slip, text, whole))) row.among++;
    }
    process.stdout.write(
      `${slip.padEnd(40)} planted ${row.planted}, repaired ${row.repaired}, first choice exact ${row.first}, exact among the choices ${row.among}\n`,
    );
    for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += row[key];
  }
  times.sort((a, b) => a - b);
  const share = (count: number) => `${((100 * count) / Math.max(1, total.planted)).toFixed(1)} %`;
  process.stdout.write(
    `all: planted ${total.planted}, repaired ${share(total.repaired)}, first choice exact ${share(total.first)}, exact among the choices ${share(total.among)}; diagnosis and proposals p50 ${times[times.length >> 1]?.toFixed(0)} ms, p95 ${times[Math.floor(times.length * 0.95)]?.toFixed(0)} ms\n`,
  );
  await python.close();
}

const lineSet = (text: string) => text.split('\n').filter(Boolean).sort().join('\n');

void main();
