/**
 * The next API call in held-out functions, top-1 and top-5, beside a plain n-gram of the repository.
 * `npm run bench -- nextCall CLONE… [--targets 40] [--line]`; `--fit` fits the `calls` of src/data/completion/repository.json instead.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap } from '../src/base/statistics.ts';
import { firstCallOf } from '../src/core/completion/repository/alternatives.ts';
import { IN_TEXT, lex, TokenKind } from '../src/core/completion/repository/lexer.ts';
import { CALL_FEATURES, type CallCandidate, type RankedName } from '../src/core/completion/repository/nextCalls.ts';
import { RepositoryCompletion } from '../src/core/completion/repository/repositoryCompletion.ts';
import { type CompletionWeights, parseCompletionWeights } from '../src/core/completion/repository/scorer.ts';
import type { LanguageId } from '../src/core/languages.ts';
import { CallEmbedding } from '../src/core/retrieval/callEmbedding.ts';
import { createContextProvider } from '../src/core/retrieval/contextProvider.ts';
import { parseWeights } from '../src/core/retrieval/model.ts';
import { projectRoot } from '../test/projectRoot.ts';
import { likeliestCalls, likeliestNames } from './replay/baselines.ts';
import { FactsReader } from './retrieval/repository.ts';
import type { Scene } from './retrieval/samples.ts';
import { openStage } from './retrieval/stage.ts';

const args = process.argv.slice(2);
const option = (name: string): string | undefined => {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args.splice(at, 2)[1];
};
const flag = (name: string): boolean => args.includes(name) && args.splice(args.indexOf(name), 1).length > 0;
const TARGETS = Number(option('--targets') ?? 40);
const FIT = flag('--fit');
/** Where the cursor stands: right before the name, its receiver typed; or at the start of its line. */
const AT_LINE = flag('--line');
const FILE = join(projectRoot, 'src/data/completion/repository.json');
const completion = parseCompletionWeights(JSON.parse(readFileSync(FILE, 'utf8')) as unknown);
const data = (name: string) => readFileSync(join(projectRoot, 'src/data/retrieval', name), 'utf8');
const weights = parseWeights(JSON.parse(data('weights.json')));
const embedding = new CallEmbedding(data('embedding.json'));
const reader = new FactsReader();
const write = (text: string) => void process.stdout.write(text);

/** Of one function: calls asked for, and how many each arm had first and among five. */
interface Counts {
  sites: number;
  readonly ours: [number, number];
  readonly ngram: [number, number];
}

/** Offsets of the names called in a body, in order. */
function sitesOf(
  body: string,
  language: LanguageId,
  counts: (name: string) => boolean,
): { at: number; name: string }[] {
  const lexed = lex(body, language);
  const sites: { at: number; name: string }[] = [];
  for (let i = 0; i + 1 < lexed.count; i++) {
    const mark = lexed.marks[i] as number;
    if ((mark & 7) !== TokenKind.Word || mark & IN_TEXT) continue;
    const end = lexed.ends[i] as number;
    if (body[end] !== '(' && !(language === 'rust' && body[end] === '!' && /[([{]/.test(body[end + 1] ?? ''))) continue;
    const name = body.slice(lexed.starts[i], end);
    if (counts(name) || counts(`${name}!`)) sites.push({ at: lexed.starts[i] as number, name });
  }
  if (!AT_LINE && !FIT) return sites;
  const starts = new Set<number>();
  const lines = sites.flatMap(({ at, name }) => {
    const line = body.lastIndexOf('\n', at) + 1;
    if (line === 0 || starts.has(line)) return [];
    starts.add(line);
    return [{ at: line + (/^[ \t]*/.exec(body.slice(line))?.[0].length ?? 0), name }];
  });
  const known = new Set(lines.map(({ at }) => at));
  return FIT ? [...lines, ...sites.filter(({ at }) => !known.has(at))] : lines;
}

interface Example {
  readonly candidates: readonly CallCandidate[];
  readonly right: number;
}

const examples: { atLine: Example[]; inLine: Example[] } = { atLine: [], inLine: [] };

function visit(
  engine: RepositoryCompletion,
  ranked: readonly RankedName[],
  { hidden, body }: Scene,
): Counts | undefined {
  const { file } = hidden;
  const fact = file.facts.functions.find(({ startLine, name }) => startLine === hidden.line && name === hidden.name);
  if (!fact) return undefined;
  const counts: Counts = { sites: 0, ours: [0, 0], ngram: [0, 0] };
  const suffix = file.text.slice(fact.body.end);
  for (const { at, name } of sitesOf(body, file.language, (called) => hidden.truth.has(called))) {
    const prefix = file.text.slice(0, fact.body.start) + body.slice(0, at);
    const place = { path: file.path, language: file.language, prefix, suffix };
    counts.sites++;
    if (FIT) {
      const { candidates, atLine } = engine.callCandidates(place, ranked);
      const right = candidates.findIndex((candidate) => candidate.name === name);
      if (right >= 0) examples[atLine ? 'atLine' : 'inLine'].push({ candidates, right });
      continue;
    }
    const score = (names: readonly string[], into: [number, number]) => {
      if (names[0] === name) into[0]++;
      if (names.slice(0, 5).includes(name)) into[1]++;
    };
    // What somebody is given who asks, at the first call of each.
    const given = engine
      .complete(place, { ranked: () => ranked, alternatives: 8 })
      .map(({ text }) => firstCallOf(text));
    score([...new Set(given.flatMap((call) => call ?? []))], counts.ours);
    const family = engine.corpus.family(file.language);
    score((AT_LINE ? likeliestCalls : likeliestNames)(family, prefix, file.language), counts.ngram);
  }
  return counts.sites > 0 ? counts : undefined;
}

const perRepository: { ours: [number, number]; ngram: [number, number] }[] = [];

async function measure(folder: string): Promise<void> {
  const stage = await openStage(folder, 'body', reader);
  const engine = new RepositoryCompletion(completion);
  const provider = createContextProvider({
    index: stage.index,
    weights,
    embedding,
    attractors: () => [],
    lineComment: (language) => reader.lineComment(language),
  });
  let loaded = false;
  const all: Counts[] = [];
  await stage.forEachTarget(TARGETS, (scene) => {
    if (!loaded) for (const { path, language, text } of scene.files.values()) engine.set(path, language, text);
    loaded = true;
    const { file, line } = scene.hidden;
    const ranked = provider
      .rank({ path: file.path, language: file.language, facts: file.facts, text: file.text, line })
      .map(({ symbol, probability }) => ({ name: stage.index.symbols.text(symbol), probability }));
    engine.set(file.path, file.language, file.text);
    const counts = visit(engine, ranked, scene);
    const whole = scene.files.get(file.path);
    if (whole) engine.set(whole.path, whole.language, whole.text);
    if (counts) all.push(counts);
  });
  const sites = all.reduce((sum, each) => sum + each.sites, 0);
  if (FIT)
    return write(
      `${stage.name}: ${sites} calls, ${examples.atLine.length} and ${examples.inLine.length} examples so far\n`,
    );
  const share = (arm: 'ours' | 'ngram', at: 0 | 1, picked: readonly number[] = all.map((_, i) => i)) => {
    const asked = picked.reduce((sum, i) => sum + (all[i] as Counts).sites, 0);
    return picked.reduce((sum, i) => sum + ((all[i] as Counts)[arm][at] as number), 0) / Math.max(1, asked);
  };
  const figures = ([0, 1] as const).map((at) => {
    const ratio = (picked?: readonly number[]) =>
      share('ours', at, picked) / Math.max(1e-9, share('ngram', at, picked));
    const [low, high] = bootstrap(all.length, (picked) => ratio(picked));
    return `${share('ours', at).toFixed(3)} ${share('ngram', at).toFixed(3)} ${ratio().toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
  });
  perRepository.push({ ours: [share('ours', 0), share('ours', 1)], ngram: [share('ngram', 0), share('ngram', 1)] });
  write(
    `${stage.name.padEnd(20)} ${all.length} functions, ${sites} calls  top-1 ${figures[0]}   top-5 ${figures[1]}\n`,
  );
}

/** Conditional logit (McFadden, 1974) by AdaGrad: the called name against all other candidates of its place. */
function fit(examples: readonly Example[]): Record<string, number> {
  const w = new Float64Array(CALL_FEATURES.length);
  const squares = new Float64Array(CALL_FEATURES.length).fill(1e-4);
  let loss = 0;
  for (let epoch = 0; epoch < 30; epoch++) {
    loss = 0;
    for (const { candidates, right } of examples) {
      const scores = candidates.map(({ evidence }) =>
        evidence.reduce((sum, value, i) => sum + value * (w[i] as number), 0),
      );
      const most = Math.max(...scores);
      const powers = scores.map((score) => Math.exp(score - most));
      const total = powers.reduce((sum, power) => sum + power, 0);
      loss -= Math.log((powers[right] as number) / total) / examples.length;
      const gradient = new Float64Array(w.length);
      candidates.forEach(({ evidence }, c) => {
        const slope = (powers[c] as number) / total - (c === right ? 1 : 0);
        for (let i = 0; i < w.length; i++) gradient[i] = (gradient[i] as number) + slope * (evidence[i] as number);
      });
      for (let i = 0; i < w.length; i++) {
        squares[i] = (squares[i] as number) + (gradient[i] as number) ** 2;
        w[i] = (w[i] as number) - (0.3 * (gradient[i] as number)) / Math.sqrt(squares[i] as number);
      }
    }
  }
  write(`loss ${loss.toFixed(4)} nats\n`);
  return Object.fromEntries(CALL_FEATURES.map((name, i) => [name, Number((w[i] as number).toFixed(4))]));
}

async function main(): Promise<void> {
  if (!FIT) write('                     ours n-gram ratio [95 %]\n');
  for (const folder of args) await measure(folder);
  if (FIT) {
    const file: CompletionWeights = {
      ...completion,
      calls: { atLine: fit(examples.atLine), inLine: fit(examples.inLine) },
    };
    return writeFileSync(FILE, `${JSON.stringify(file, undefined, 2)}\n`);
  }
  const mean = (arm: 'ours' | 'ngram', at: 0 | 1) =>
    perRepository.reduce((sum, entry) => sum + entry[arm][at], 0) / Math.max(1, perRepository.length);
  for (const at of [0, 1] as const) {
    const [ours, ngram] = [mean('ours', at), mean('ngram', at)];
    write(
      `mean top-${at === 0 ? 1 : 5}: ours ${ours.toFixed(3)}, n-gram ${ngram.toFixed(3)}, ratio ${(ours / ngram).toFixed(2)}\n`,
    );
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exitCode = 1;
});
