/**
 * Lines and nodes of repositories taken out and proposed again: exact matches of every source, with the length known and unknown.
 * `npm run bench -- infill CLONE… [--each 40] [--seed 1] [--arms copy,ngram,nearest,product] [--out FILE.jsonl] [--kept FILE.jsonl] [--show N]`;
 * `--kept`: the product's answers stand there, or come to stand there, and are ranked by the scorer as it is now;
 * `--report FILE.jsonl…` prints the tables of results that were kept;
 * `--cost CLONE…` says what the index and the proposals take of a processor.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { proposals } from '../src/core/infill/candidates/proposals.ts';
import { isSame } from '../src/core/infill/place.ts';
import { projectRoot } from '../test/projectRoot.ts';
import { armsOf, corpusOf, placeOf } from './infill/arms.ts';
import { cpu, indexCost } from './infill/indexCost.ts';
import { blankedClone } from './infill/read.ts';
import { abstention, type Outcome, report } from './infill/report.ts';

const args = process.argv.slice(2);
const option = (name: string): string | undefined => {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args.splice(at, 2)[1];
};
const EACH = Number(option('--each') ?? 40);
const SEED = Number(option('--seed') ?? 1);
const ARMS = (option('--arms') ?? 'copy,ngram,nearest,sources').split(',');
const OUT = option('--out') ?? join(projectRoot, 'out/infill.jsonl');
const KEPT = option('--kept');
const SHOW = Number(option('--show') ?? 0);
const REPORT = args.includes('--report') && args.splice(args.indexOf('--report'), 1).length > 0;
const COST = args.includes('--cost') && args.splice(args.indexOf('--cost'), 1).length > 0;
const folders = args;

async function main(): Promise<void> {
  if (folders.length === 0) throw new Error('Name at least one clone.');
  mkdirSync(dirname(OUT), { recursive: true });
  const outcomes: Outcome[] = [];
  for (const folder of folders) {
    const repository = await blankedClone(folder, EACH, SEED);
    process.stderr.write(`${repository.name}: ${repository.files.size} files, ${repository.spans.length} spans\n`);
    for (const arm of await armsOf(ARMS, repository, KEPT)) {
      for (const known of [true, false]) {
        const start = performance.now();
        for (const span of repository.spans) {
          const answer = await arm.answer(span, known ? span.lexemes : undefined);
          const { id, kind, lexemes, novel, truth } = span;
          const [first] = answer;
          outcomes.push({
            ...{ id, repository: repository.name, kind, lexemes, novel, arm: arm.name, known, truth },
            answer: first?.text ?? null,
            exact: first !== undefined && isSame(first.text, truth),
            among: answer.findIndex(({ text }) => isSame(text, truth)) + 1,
            confidence: first?.confidence ?? null,
            shown: first !== undefined && first.shown !== false,
          });
        }
        const ms = (performance.now() - start) / Math.max(1, repository.spans.length);
        process.stderr.write(`  ${arm.name} ${known ? 'oracle' : 'predicted'}: ${ms.toFixed(1)} ms a request\n`);
      }
      arm.dispose?.();
    }
    // What was measured stays if the rest fails.
    writeFileSync(OUT, outcomes.map((outcome) => `${JSON.stringify(outcome)}\n`).join(''));
  }
  process.stdout.write(report(outcomes) + abstention(outcomes));
  for (const outcome of outcomes.filter(({ exact }) => !exact).slice(0, SHOW))
    process.stdout.write(`${JSON.stringify(outcome)}\n`);
}

/** The tables of files that were written before, as one. */
async function tell(): Promise<void> {
  const lines = folders.flatMap((file) => readFileSync(file, 'utf8').trim().split('\n'));
  const outcomes = lines.map((line) => JSON.parse(line) as Outcome);
  process.stdout.write(report(outcomes) + abstention(outcomes));
}

/** Processor time of the index, and of all proposals for each span, this thread alone. */
async function cost(): Promise<void> {
  for (const folder of folders) {
    const repository = await blankedClone(folder, EACH, SEED);
    process.stdout.write(indexCost(repository));
    const corpus = corpusOf(repository);
    for (const known of [true, false]) {
      const times = repository.spans.map((span) =>
        cpu(() => void proposals(corpus, placeOf(repository, span, known ? span.lexemes : undefined))),
      );
      times.sort((a, b) => a - b);
      const [half, most] = [0.5, 0.95].map((share) => (times[Math.floor(times.length * share)] ?? 0).toFixed(0));
      process.stdout.write(`  proposals, length ${known ? 'known' : 'unknown'}: p50 ${half} ms, p95 ${most} ms\n`);
    }
  }
}

(COST ? cost() : REPORT ? tell() : main()).catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exitCode = 1;
});
