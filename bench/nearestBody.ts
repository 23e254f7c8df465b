/**
 * Held-out functions: how like the true body is that of the function that `generate --no-model` follows, and how often it is it.
 * `npm run bench -- nearestBody CLONE… [--targets 120] [--fit]`; `--fit` prints weights fitted on the clones instead.
 */
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { bootstrap, mean } from '../src/base/statistics.ts';
import { textMetrics } from '../src/core/completion/benchmark/textMetrics.ts';
import { type Evidence, evidenceOf, likenessBy, shareRight, WEIGHTS } from '../src/core/generation/nearestBody.ts';
import { rebound } from '../src/core/generation/rebind.ts';
import { isStub } from '../src/core/generation/targets.ts';
import { familyOf, type LanguageId } from '../src/core/languages.ts';
import { CallEmbedding } from '../src/core/retrieval/callEmbedding.ts';
import { createContextProvider } from '../src/core/retrieval/contextProvider.ts';
import type { SourceText } from '../src/core/retrieval/heldOut.ts';
import { parseWeights } from '../src/core/retrieval/model.ts';
import type { FunctionFact } from '../src/core/syntax/facts.ts';
import { projectRoot } from '../test/projectRoot.ts';
import { FactsReader } from './retrieval/repository.ts';
import type { Scene } from './retrieval/samples.ts';
import { openStage } from './retrieval/stage.ts';

const args = process.argv.slice(2);
const at = args.indexOf('--targets');
const TARGETS = at < 0 ? 120 : Number(args.splice(at, 2)[1]);
const FIT = args.includes('--fit');
const folders = args.filter((each) => each !== '--fit');
/** Candidates whose bodies are compared: the best by each of several orders, so that any weights find theirs among them. */
const SHORTLIST = 14;
const COMPARED = 1200;
const NAMES = Object.keys(WEIGHTS) as (keyof Evidence)[];

interface Candidate {
  readonly evidence: Evidence;
  readonly similarity: number;
  readonly exact: number;
}
const data = (name: string) => readFileSync(join(projectRoot, 'src/data/retrieval', name), 'utf8');
const weights = parseWeights(JSON.parse(data('weights.json')));
const embedding = new CallEmbedding(data('embedding.json'));
const reader = new FactsReader();
const write = (text: string) => void process.stdout.write(text);

async function candidatesOf(folder: string): Promise<Candidate[][]> {
  const stage = await openStage(folder, 'body', reader);
  const { index } = stage;
  const lineComment = (language: LanguageId) => reader.lineComment(language);
  const provider = createContextProvider({ index, weights, embedding, attractors: () => [], lineComment });
  const found: Candidate[][] = [];
  await stage.forEachTarget(TARGETS, (scene) => {
    const { file, line } = scene.hidden;
    const ranked = provider.rank({ ...file, line }).map(({ symbol }) => index.symbols.text(symbol));
    const candidates = compared(scene, ranked.slice(0, 12));
    if (candidates.length > 0) found.push(candidates);
  });
  return found;
}

/** The hidden function as it stands in the whole file, and the likeliest others with how near their bodies come. */
function compared({ files, hidden }: Scene, expected: readonly string[]): Candidate[] {
  const whole = files.get(hidden.path) as SourceText;
  const distance = ({ startLine }: FunctionFact) => Math.abs(startLine - hidden.line);
  const [target] = whole.facts.functions
    .filter(({ name }) => name === hidden.name)
    .sort((a, b) => distance(a) - distance(b));
  if (!target || isStub(bodyOf(whole, target), whole.language)) return [];
  const sought = { path: hidden.path, expected };
  const all = [...files.values()]
    .filter(({ language }) => familyOf(language) === familyOf(whole.language))
    .map((file) => (file.path === hidden.path ? hidden.file : file))
    .flatMap((file) => {
      const calls = Map.groupBy(file.facts.calls, (call) => call.function);
      return file.facts.functions.flatMap((fact, i) => {
        const size = fact.body.end - fact.body.start;
        const isHidden = file.path === hidden.path && fact.name === hidden.name && fact.startLine === hidden.line;
        if (fact.name === '' || size < 8 || size > 4000 || isHidden || isStub(bodyOf(file, fact), file.language))
          return [];
        const names = (calls.get(i) ?? []).map(({ name }) => name);
        return [{ file, fact, evidence: evidenceOf(file.path, fact, names, sought, target) }];
      });
    });
  const orders: readonly ((evidence: Evidence) => number)[] = [
    likenessBy(WEIGHTS),
    ({ name, lastWord, parameterNames, parameterTypes, returns }) =>
      name + lastWord + parameterNames + parameterTypes + returns,
    ({ calls, file, container, doc }) => calls + file + container + doc,
  ];
  const short = new Set(
    orders.flatMap((order) => all.toSorted((a, b) => order(b.evidence) - order(a.evidence)).slice(0, SHORTLIST)),
  );
  const names = new Set(hidden.file.text.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? []);
  const known = (name: string) => names.has(name);
  const truth = inner(whole, target).slice(0, COMPARED);
  return [...short].map(({ file, fact, evidence }) => {
    const around = [[stem(file.path), stem(hidden.path)] as const];
    const body = rebound(inner(file, fact), { language: whole.language, from: fact, to: target, known, around });
    const { editSimilarity, exact } = textMetrics(body.slice(0, COMPARED), truth, []);
    return { evidence, similarity: editSimilarity, exact };
  });
}

const stem = (path: string) => posix.basename(path).replace(/\..*$/, '');
const bodyOf = ({ text }: SourceText, { body }: FunctionFact) => text.slice(body.start, body.end);

/** A body without braces, docstring and indentation. */
function inner(file: SourceText, fact: FunctionFact): string {
  const body =
    file.language === 'python'
      ? bodyOf(file, fact).replace(/^[rRbBuU]{0,2}(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"[^"\n]*"|'[^'\n]*')[ \t]*\r?\n/, '')
      : bodyOf(file, fact).replace(/^\{/, '').replace(/\}$/, '');
  return body
    .trim()
    .split('\n')
    .map((line) => line.trim())
    .join('\n');
}

const best = (candidates: readonly Candidate[], score: (evidence: Evidence) => number) =>
  candidates.reduce((a, b) => (score(b.evidence) > score(a.evidence) ? b : a));

/** Weights at or above 0, of sum 1, that make the similarity of the one picked as high as can be (AdaGrad on a soft maximum). */
function fit(repositories: readonly (readonly Candidate[][])[]): Record<string, number> {
  const w = NAMES.map(() => 1);
  const squares = NAMES.map(() => 1e-6);
  for (let epoch = 0; epoch < 300; epoch++) {
    const gradient = NAMES.map((_, i) => 1e-3 * (w[i] as number));
    for (const targets of repositories)
      for (const candidates of targets) {
        const scores = candidates.map(({ evidence }) =>
          NAMES.reduce((sum, name, i) => sum + evidence[name] * (w[i] as number), 0),
        );
        const most = Math.max(...scores);
        const powers = scores.map((score) => Math.exp(score - most));
        const total = powers.reduce((sum, power) => sum + power, 0);
        const expected = candidates.reduce((sum, c, k) => sum + ((powers[k] as number) / total) * c.similarity, 0);
        candidates.forEach(({ evidence, similarity }, k) => {
          const slope = ((powers[k] as number) / total) * (similarity - expected);
          NAMES.forEach((name, i) => {
            gradient[i] = (gradient[i] as number) - (slope * evidence[name]) / targets.length / repositories.length;
          });
        });
      }
    gradient.forEach((slope, i) => {
      squares[i] = (squares[i] as number) + slope ** 2;
      w[i] = Math.max(0, (w[i] as number) - (0.3 * slope) / Math.sqrt(squares[i] as number));
    });
  }
  const sum = w.reduce((all, each) => all + each, 0);
  return Object.fromEntries(NAMES.map((name, i) => [name, Number(((w[i] as number) / sum).toFixed(3))]));
}

async function main(): Promise<void> {
  const repositories: Candidate[][][] = [];
  const score = likenessBy(WEIGHTS);
  const picked: { likeness: number; exact: number }[] = [];
  for (const folder of folders) {
    const targets = await candidatesOf(folder);
    repositories.push(targets);
    const chosen = targets.map((candidates) => best(candidates, score));
    picked.push(...chosen.map(({ evidence, exact }) => ({ likeness: score(evidence), exact })));
    const similarities = chosen.map(({ similarity }) => similarity);
    const [low, high] = bootstrap(chosen.length, (rows) => mean(rows.map((row) => similarities[row] as number)));
    const ceiling = mean(targets.map((candidates) => Math.max(...candidates.map(({ similarity }) => similarity))));
    write(
      `${posix.basename(folder).padEnd(16)} ${targets.length} functions  similarity ${mean(similarities).toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}] of ${ceiling.toFixed(3)}  exact ${mean(chosen.map(({ exact }) => exact)).toFixed(3)}\n`,
    );
  }
  for (const [from, to] of [[0, 0.4] as const, [0.4, 0.6] as const, [0.6, 0.7] as const, [0.7, 1.01] as const]) {
    const here = picked.filter(({ likeness }) => likeness >= from && likeness < to);
    const said = mean(here.map(({ likeness }) => shareRight(likeness)));
    write(
      `alike ${from}–${to}: ${here.length} functions, right ${mean(here.map(({ exact }) => exact)).toFixed(3)}, said ${said.toFixed(3)}\n`,
    );
  }
  if (FIT) write(`${JSON.stringify(fit(repositories))}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exitCode = 1;
});
