/**
 * Filters and trimming on labelled samples: how many bad ones are caught and good ones kept, per class; half of the clones
 * (every second of the arguments) is held out. Classes and labels: bench/filters/corruptions.ts and RESULTS.md.
 * Usage: npm run bench -- filters CLONE… [--per-kind N] [--show CLASS] [--no-parser] [--tuned]
 * `--tuned` leaves the held-out half unread; `--show` prints what went wrong in the other.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { randomOf } from '../src/base/random.ts';
import { judge, judgeWithParser } from '../src/core/completion/filters/judge.ts';
import type { Place, Proposal } from '../src/core/completion/place.ts';
import { clipToBlock } from '../src/core/completion/trim/blockEnd.ts';
import { StreamTrimmer } from '../src/core/completion/trim/streamTrimmer.ts';
import type { LanguageId } from '../src/core/languages.ts';
import { TreeSitterParser } from '../src/node/treeSitter/treeSitterParser.ts';
import { TreeSitterRuntime } from '../src/node/treeSitter/treeSitterRuntime.ts';
import { projectRoot } from '../test/projectRoot.ts';
import { CORRUPTIONS } from './filters/corruptions.ts';
import { type Asked, parses } from './filters/oracle.ts';
import { KINDS, type PlaceKind, placeAt, placesOf, type TruePlace } from './filters/places.ts';
import { percent, Tally } from './filters/tally.ts';

/** An output of the small model at a place; the file it belongs to is read from the clone. */
interface Output {
  readonly kind: PlaceKind;
  readonly repository: string;
  readonly commit: string;
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly temperature: number;
  readonly ended: 'stop' | 'length';
  readonly text: string;
}

interface Shown {
  readonly text: string;
  readonly replaces: number;
  readonly filter?: string;
}

const args = process.argv.slice(2);
const option = (name: string) => (args.includes(name) ? args.splice(args.indexOf(name), 2)[1] : undefined);
const perKind = Number(option('--per-kind') ?? 30);
const show = option('--show');
const tunedOnly = args.includes('--tuned') || show !== undefined;
const withParser = !args.includes('--no-parser');
const clones = args.filter((arg) => !arg.startsWith('--'));
const parser = new TreeSitterParser(
  new TreeSitterRuntime({
    runtimeWasm: join(projectRoot, 'node_modules/web-tree-sitter/web-tree-sitter.wasm'),
    grammars: join(projectRoot, 'grammars'),
  }),
);
const times: number[] = [];
const parserTimes: number[] = [];

/** Milliseconds of a judgement, the place read anew: the best of three, since other work on the machine is no part of it. */
function timed(proposal: Proposal, place: Place): number {
  const runs = Array.from({ length: 3 }, () => {
    const began = performance.now();
    judge(proposal, place);
    return performance.now() - began;
  });
  return Math.min(...runs);
}

/** A text streamed in pieces through the trimmer, clipped to the block and judged: what a person would see. */
async function through(place: Place, text: string, ended: 'stop' | 'length'): Promise<Shown> {
  const trimmer = new StreamTrimmer(place);
  for (let at = 0; at < text.length; at += 5) if (trimmer.push(text.slice(at, at + 5)).done) break;
  const trimmed = trimmer.end(ended);
  let proposal: Proposal = { text: trimmed.text, source: 'model', replaces: trimmed.replaces };
  const judging = { partial: trimmed.partial };
  let judged = judge(proposal, place, judging);
  times.push(timed(proposal, place));
  if (withParser && judged.kept) {
    const asked = performance.now();
    proposal = { ...proposal, text: await clipToBlock(place, proposal.text, proposal.replaces, parser) };
    judged = await judgeWithParser(proposal, place, parser, judging);
    parserTimes.push(performance.now() - asked);
  }
  return {
    text: proposal.text,
    replaces: proposal.replaces,
    ...(judged.rejected ? { filter: judged.rejected.filter } : {}),
  };
}

const same = (shown: string, truth: string) => shown.trim() === truth.trim();

/** Clean: the whole of the truth or its first lines. */
function isMended(shown: string, { truth }: TruePlace): boolean {
  const wanted = truth.trim();
  const text = shown.trim();
  return text !== '' && wanted.startsWith(text) && (text.length === wanted.length || wanted[text.length] === '\n');
}

function print(name: string, place: Place, text: string, shown: Shown): void {
  if (show === undefined || !name.includes(show)) return;
  process.stdout.write(
    `\n=== ${name} · ${place.path} · ${shown.filter ?? 'kept'}\n${place.prefix.slice(-160)}⟦${text}⟧${place.suffix.slice(0, 100)}\n--- shown (replaces ${shown.replaces}): ⟦${shown.text}⟧\n`,
  );
}

async function goodAndCorrupted(
  samples: readonly TruePlace[],
  good: Tally,
  bad: Tally,
  changed: Tally,
  stops: Tally,
): Promise<void> {
  for (const [index, sample] of samples.entries()) {
    const shown = await through(sample.place, sample.truth, 'stop');
    good.add(sample.kind, shown.filter ? { filter: shown.filter } : {});
    if (shown.filter) print(`good ${sample.kind}`, sample.place, sample.truth, shown);
    else {
      changed.add(sample.kind, same(shown.text, sample.truth) ? {} : { filter: 'shortened' });
      if (!same(shown.text, sample.truth)) print(`shortened ${sample.kind}`, sample.place, sample.truth, shown);
    }
    const endless = await through(
      sample.place,
      sample.truth + sample.text.slice(sample.end, sample.end + 600),
      'length',
    );
    stops.add(sample.kind, same(endless.text, sample.truth) ? {} : { filter: 'elsewhere' });
    for (const [c, corruption] of CORRUPTIONS.entries()) {
      // Two classes in five at each place: every class meets every kind of place.
      if ((index + c) % 5 > 1) continue;
      const text = corruption.make(sample, randomOf(index * 64 + c));
      if (text === undefined || same(text, sample.truth)) continue;
      if (corruption.breaks) {
        const file = sample.text.slice(0, sample.start) + text + sample.text.slice(sample.end);
        if (!(await parser.parse(sample.place.language, file)).hasErrors) continue;
      }
      const judged = await through(sample.place, text, 'stop');
      const mended = !judged.filter && isMended(judged.text, sample);
      bad.add(corruption.id, { ...(judged.filter ? { filter: judged.filter } : {}), mended });
      if (!judged.filter && !mended) print(corruption.id, sample.place, text, judged);
    }
  }
}

/** The part of an output that the label is about: the line for places of one line, else the whole lines. */
function labelled(output: Output): string {
  const multi = output.kind === 'emptyBody' || output.kind === 'docComment' || output.kind === 'paragraph';
  if (!multi) return /^\s*[^\n]*/.exec(output.text)?.[0].trimEnd() ?? '';
  const lines = output.text.split('\n');
  return (output.ended === 'length' && lines.length > 1 ? lines.slice(0, -1) : lines).join('\n').trimEnd();
}

/** The rules of badness besides parsing: blank, a line three times, or the next lines. */
function isPlainlyBad(text: string, place: Place): boolean {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines.length === 0) return true;
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  if ([...counts].some(([line, count]) => count >= 3 && /\w{2}/.test(line))) return true;
  const next = place.suffix
    .split('\n')
    .slice(1)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return /\w{3}/.test(lines.join('')) && lines.every((line, i) => line === next[i]);
}

async function modelOutputs(
  outputs: readonly Output[],
  bad: Tally,
  plausible: Tally,
  shownBad: Tally,
): Promise<Map<LanguageId, string>> {
  const places = outputs.flatMap((output) => {
    const clone = clones.find((each) => basename(resolve(each)) === output.repository);
    if (clone === undefined) return [];
    const file = execFileSync('git', ['-C', clone, 'show', `${output.commit}:${output.path}`], {
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    const extension = /\.[^./]+$/.exec(output.path)?.[0] ?? '';
    const language =
      (
        {
          '.py': 'python',
          '.rs': 'rust',
          '.go': 'go',
          '.tsx': 'tsx',
          '.js': 'javascript',
          '.jsx': 'javascript',
        } as Record<string, LanguageId>
      )[extension] ?? 'typescript';
    const place = placeAt(output.path, language, file, output.start, output.end);
    const put = (text: string, replaces = 0): Asked => ({
      language,
      text: file.slice(0, output.start) + text + file.slice(output.end + replaces),
    });
    return [{ output, place, put, language }];
  });
  const shown: Shown[] = [];
  for (const { output, place } of places) shown.push(await through(place, output.text, output.ended));
  const raw = await parses(
    places.map(({ output, put }) => put(labelled(output))),
    parser,
  );
  const seen = await parses(
    places.map(({ put }, i) => put((shown[i] as Shown).text, (shown[i] as Shown).replaces)),
    parser,
  );
  for (const [i, { output, place }] of places.entries()) {
    const judged = shown[i] as Shown;
    const isBad = !raw.clean[i] || isPlainlyBad(labelled(output), place);
    const stillBad = !seen.clean[i] || isPlainlyBad(judged.text, place);
    const name = `tiny-coder at ${output.temperature}`;
    if (isBad) bad.add(name, { ...(judged.filter ? { filter: judged.filter } : {}), mended: !stillBad });
    else plausible.add(name, judged.filter ? { filter: judged.filter } : {});
    if (isBad && !judged.filter && stillBad) print(name, place, output.text, judged);
    if (!judged.filter) shownBad.add(name, stillBad ? {} : { mended: true });
    if (!isBad && judged.filter) print(`plausible ${judged.filter}`, place, output.text, judged);
  }
  return raw.by;
}

async function main(): Promise<void> {
  const outputs = readFileSync(join(projectRoot, 'bench/filters/outputs.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Output);
  for (const [half, title] of ['tuned on', 'held out'].entries()) {
    if (half === 1 && tunedOnly) continue;
    const mine = clones.filter((_, i) => i % 2 === half);
    const names = mine.map((clone) => basename(resolve(clone)));
    const [good, bad, changed, stops, plausible, shownBad] = [
      new Tally(),
      new Tally(),
      new Tally(),
      new Tally(),
      new Tally(),
      new Tally(),
    ];
    for (const clone of mine)
      await goodAndCorrupted(
        await placesOf(resolve(clone), basename(resolve(clone)), parser, perKind),
        good,
        bad,
        changed,
        stops,
      );
    const by = await modelOutputs(
      outputs.filter(({ repository }) => names.includes(repository)),
      bad,
      plausible,
      shownBad,
    );
    const every = () => true;
    const kept = good.total(every);
    const caught = bad.total(every);
    process.stdout.write(
      `\n## ${title}: ${names.join(', ')}\n\n| good, by kind of place | kept | unchanged | stopped there, where the source goes on |\n|---|---|---|---|\n`,
    );
    for (const { name, count } of good.rows()) {
      const short = changed.rows().find((row) => row.name === name)?.count;
      const stopped = stops.rows().find((row) => row.name === name)?.count;
      const wrong = [...count.by].map(([filter, n]) => `${filter} ${n}`).join(', ');
      process.stdout.write(
        `| ${name} | ${percent(count.all - count.rejected, count.all)} of ${count.all}${wrong ? ` (${wrong})` : ''} | ${percent((short?.all ?? 0) - (short?.rejected ?? 0), count.all)} | ${percent((stopped?.all ?? 0) - (stopped?.rejected ?? 0), stopped?.all ?? 0)} |\n`,
      );
    }
    process.stdout.write(
      `| **all** | **${percent(kept.all - kept.caught, kept.all)}** of ${kept.all} | | |\n\n| bad, by class | caught | rejected, and by what | mended |\n|---|---|---|---|\n`,
    );
    for (const { name, count } of bad.rows()) {
      const filters = [...count.by].sort((a, b) => b[1] - a[1]).map(([filter, n]) => `${filter} ${n}`);
      process.stdout.write(
        `| ${name} | ${percent(count.rejected + count.mended, count.all)} of ${count.all} | ${count.rejected}${filters.length ? `: ${filters.join(', ')}` : ''} | ${count.mended} |\n`,
      );
    }
    const corrupted = bad.total((name) => !name.startsWith('tiny-coder'));
    const model = bad.total((name) => name.startsWith('tiny-coder'));
    process.stdout.write(
      `| **all** | **${percent(caught.caught, caught.all)}** of ${caught.all} | corruptions ${percent(corrupted.caught, corrupted.all)}, model ${percent(model.caught, model.all)} | |\n`,
    );
    const fine = plausible.total(every);
    const seen = shownBad.total(every);
    process.stdout.write(
      `\nOutputs of the model that parse: ${fine.all}, rejected ${fine.caught} (${plausible
        .rows()
        .flatMap(({ count }) => [...count.by].map(([filter, n]) => `${filter} ${n}`))
        .join(
          ', ',
        )}). Of the ${seen.all} outputs that would be shown, ${seen.all - seen.caught} are bad by the rule. Judged by: ${[...by].map(([language, who]) => `${language}: ${who}`).join('; ')}.\n`,
    );
  }
  const at = (list: number[], share: number) =>
    (list.sort((a, b) => a - b)[Math.floor(share * list.length)] ?? 0).toFixed(2);
  process.stdout.write(
    `\nOne judgement, the place read anew each time (best of three): median ${at(times, 0.5)} ms, p95 ${at(times, 0.95)} ms; with the parser and the block's end ${at(parserTimes, 0.5)} and ${at(parserTimes, 0.95)} ms more. Kinds of places: ${KINDS.join(', ')}.\n`,
  );
}

void main();
