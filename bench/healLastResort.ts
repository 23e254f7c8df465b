/**
 * What the fix source of last resort (a broken statement written anew) adds to healing. Words and signs are taken out of one line each of many
 * files of a clone, on disk and before anything is indexed; each file is then healed with that source and without it.
 * Usage: npm run bench -- healLastResort CLONE… [--each 20] [--seed 7] [--verbose]   Python, TypeScript and JavaScript.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { randomOf } from '../src/base/random.ts';
import type { RepositoryEngine } from '../src/core/engine.ts';
import { openRepository } from '../src/node/composeEngine.ts';
import { projectRoot } from '../test/projectRoot.ts';
import { written } from './infill/onDisk.ts';
import { factsReader, sourcesOf } from './infill/read.ts';

const DIST = process.env['LODESTONE_DIST'] ?? join(projectRoot, 'dist');
/** Words and signs of a line that is broken, and how many of them are taken out at most. */
const [SHORTEST, LONGEST, MOST_TAKEN] = [4, 24, 3];
/** Those that are healed. */
const LANGUAGES = new Set(['python', 'typescript', 'tsx', 'javascript']);
const ARMS = { with: {}, without: { 'lodestone.infill.denoiser': join(DIST, 'no-model') } };
type ArmName = keyof typeof ARMS;
const NAMES = Object.keys(ARMS) as ArmName[];

interface Outcome {
  readonly isHealed: boolean;
  readonly isExact: boolean;
  readonly isWorse: boolean;
  readonly isWritten: boolean;
  readonly ms: number;
}

const args = process.argv.slice(2);
const option = (name: string, otherwise: number): number => {
  const at = args.indexOf(name);
  return at < 0 ? otherwise : Number(args.splice(at, 2)[1]);
};
const [EACH, SEED] = [option('--each', 20), option('--seed', 7)];
const isVerbose = args.includes('--verbose');
const write = (text: string) => void process.stdout.write(text);
const normal = (text: string) => text.replace(/\s+/g, '');

/** The text with one to three neighbouring words or signs of a line taken out; undefined where no line can be broken so. */
function broken(text: string, random: () => number): string | undefined {
  const lines = text.split('\n');
  const places = lines.flatMap((line, at) => {
    const found = [...line.matchAll(/\w+|[^\w\s]/g)];
    const isCode = found.length >= SHORTEST && found.length <= LONGEST && !/^\s*(?:#|\/|\*|"""|''')/.test(line);
    return isCode ? [{ at, found }] : [];
  });
  const place = places[Math.floor(random() * places.length)];
  if (!place) return undefined;
  const taken = 1 + Math.floor(random() * MOST_TAKEN);
  const first = Math.floor(random() * (place.found.length - taken + 1));
  const last = place.found[first + taken - 1] as RegExpExecArray;
  const line = lines[place.at] as string;
  const start = (place.found[first] as RegExpExecArray).index;
  lines[place.at] = line.slice(0, start) + line.slice(last.index + last[0].length);
  return lines.join('\n');
}

async function healed(engine: RepositoryEngine, path: string, truth: string): Promise<Outcome | undefined> {
  const begun = performance.now();
  const { files, patch } = await engine.heal({ files: [path], trusted: true }, {});
  const ms = performance.now() - begun;
  const [file] = files;
  if (!file?.before.some(({ category }) => category === 'syntax')) return undefined;
  const after = patch?.files.find((each) => each.path === path)?.after;
  if (isVerbose && file.sources.some(isWriting)) write(`${path}: ${file.sources.join()}\n${file.diff}`);
  return {
    isHealed: !file.after.some(({ category }) => category === 'syntax'),
    isExact: after !== undefined && normal(after) === normal(truth),
    isWorse: file.after.length > file.before.length,
    isWritten: file.sources.some(isWriting),
    ms,
  };
}

const isWriting = (source: string) => source.startsWith('infill');

async function measured(clone: string): Promise<Record<ArmName, Outcome>[]> {
  const texts = [...sourcesOf(clone)].filter(([path]) => LANGUAGES.has(factsReader.languageOf(path) ?? ''));
  const random = randomOf(SEED);
  const wanted = new Set(
    texts
      .map(([path]) => ({ path, key: random() }))
      .sort((a, b) => a.key - b.key)
      .slice(0, EACH)
      .map(({ path }) => path),
  );
  const truths = new Map<string, string>();
  const files = new Map(
    texts.map(([path, truth]) => {
      const text = wanted.has(path) ? broken(truth, random) : undefined;
      if (text !== undefined) truths.set(path, truth);
      const language = factsReader.languageOf(path) ?? 'typescript';
      return [path, { path, text: text ?? truth, language }] as const;
    }),
  );
  const disk = written({ name: basename(clone), files, spans: [] });
  const cacheDir = mkdtempSync(join(tmpdir(), 'lodestone-heal-'));
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: write };
  const open = (settings: Record<string, unknown>) =>
    openRepository({ root: disk.folder, cacheDir, assetsDir: DIST, trusted: true, log, settings });
  const outcomes: Record<ArmName, Outcome>[] = [];
  const engines = { with: await open(ARMS.with), without: await open(ARMS.without) };
  try {
    await engines.with.mine({}, {});
    await engines.without.mine({}, {});
    for (const [path, truth] of truths) {
      const found: Partial<Record<ArmName, Outcome | undefined>> = {};
      // In turns: whoever comes second finds what the tools have read already.
      const order = outcomes.length % 2 === 0 ? NAMES : NAMES.toReversed();
      for (const arm of order) found[arm] = await healed(engines[arm], path, truth);
      if (found.with && found.without) outcomes.push({ with: found.with, without: found.without });
    }
  } finally {
    await engines.with.close();
    await engines.without.close();
    disk.dispose();
    rmSync(cacheDir, { recursive: true, force: true });
  }
  return outcomes;
}

function told(name: string, outcomes: readonly Record<ArmName, Outcome>[]): void {
  const cells = NAMES.map((arm) => {
    const all = outcomes.map((outcome) => outcome[arm]);
    const count = (which: keyof Outcome) => all.filter((each) => each[which]).length;
    const times = all.map(({ ms }) => ms).sort((a, b) => a - b);
    const at = (share: number) => (times[Math.floor(times.length * share)] ?? 0).toFixed(0);
    const written = `written anew ${count('isWritten')}, of these exact ${all.filter((each) => each.isWritten && each.isExact).length}`;
    return `${arm}: parse again ${count('isHealed')}, exact ${count('isExact')}, worse ${count('isWorse')}, ${written}, p50 ${at(0.5)} ms, p95 ${at(0.95)} ms`;
  });
  write(`${name}: ${outcomes.length} broken files\n  ${cells.join('\n  ')}\n`);
}

async function main(): Promise<void> {
  const clones = args.filter((arg) => !arg.startsWith('--'));
  if (clones.length === 0) {
    write('Usage: healLastResort CLONE… [--each 20] [--seed 7] [--verbose]\n');
    process.exitCode = 2;
    return;
  }
  const all: Record<ArmName, Outcome>[] = [];
  for (const clone of clones) {
    const outcomes = await measured(clone);
    told(basename(clone), outcomes);
    all.push(...outcomes);
  }
  told('all', all);
}

void main();
