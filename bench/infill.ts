/**
 * Lines and nodes of repositories taken out and proposed again: exact matches of every source, with the length known and unknown.
 * `npm run bench -- infill CLONE… [--each 40] [--seed 1] [--arms copy,ngram,nearest,product] [--out FILE.jsonl] [--show N]`
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isSame } from '../src/core/infill/place.ts';
import { projectRoot } from '../test/projectRoot.ts';
import { armsOf } from './infill/arms.ts';
import { blankedClone } from './infill/read.ts';
import { type Outcome, report } from './infill/report.ts';

const args = process.argv.slice(2);
const option = (name: string): string | undefined => {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args.splice(at, 2)[1];
};
const EACH = Number(option('--each') ?? 40);
const SEED = Number(option('--seed') ?? 1);
const ARMS = (option('--arms') ?? 'copy,ngram,nearest,sources').split(',');
const OUT = option('--out') ?? join(projectRoot, 'out/infill.jsonl');
const SHOW = Number(option('--show') ?? 0);
const folders = args;

async function main(): Promise<void> {
  if (folders.length === 0) throw new Error('Name at least one clone.');
  const outcomes: Outcome[] = [];
  for (const folder of folders) {
    const repository = await blankedClone(folder, EACH, SEED);
    process.stderr.write(`${repository.name}: ${repository.files.size} files, ${repository.spans.length} spans\n`);
    for (const arm of await armsOf(ARMS, repository)) {
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
          });
        }
        const ms = (performance.now() - start) / Math.max(1, repository.spans.length);
        process.stderr.write(`  ${arm.name} ${known ? 'oracle' : 'predicted'}: ${ms.toFixed(1)} ms a request\n`);
      }
      arm.dispose?.();
    }
  }
  mkdirSync(dirname(OUT), { recursive: true });
  writeFileSync(OUT, outcomes.map((outcome) => `${JSON.stringify(outcome)}\n`).join(''));
  process.stdout.write(report(outcomes));
  for (const outcome of outcomes.filter(({ exact }) => !exact).slice(0, SHOW))
    process.stdout.write(`${JSON.stringify(outcome)}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exitCode = 1;
});
