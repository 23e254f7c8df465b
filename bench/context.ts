/**
 * What the Builder's context is worth to the denoiser (the ablation of BD15): log p a token of the true body, told nothing, the
 * compressor's lines, the consider-block, and both as the product joins them. `npm run bench -- context CLONE… [--targets 40]`
 */
import { join } from 'node:path';
import { bootstrap, mean } from '../src/base/statistics.ts';
import { CONTEXT_TOKENS, compressContext, type KnownFile } from '../src/core/infill/builder/compressor.ts';
import { considerOf, intentOf } from '../src/core/infill/conditioning.ts';
import type { DenoiserPlace } from '../src/core/infill/denoiser.ts';
import { isTestPath } from '../src/core/retrieval/evidence.ts';
import type { FileFacts, FunctionFact } from '../src/core/syntax/facts.ts';
import { openDenoiser } from '../src/node/denoiser/denoiser.ts';
import { projectRoot } from '../test/projectRoot.ts';
import { FactsReader, readRepository } from './retrieval/repository.ts';

const args = process.argv.slice(2);
const at = args.indexOf('--targets');
const TARGETS = at < 0 ? 40 : Number(args.splice(at, 2)[1]);
/** UTF-16 units of a body: what fits into a row with its surroundings. */
const [SHORTEST, LONGEST] = [30, 260];
const VARIANTS = ['nothing', 'compressor', 'consider', 'compressor + consider', 'consider + compressor'] as const;
const write = (text: string) => void process.stdout.write(text);
const reader = new FactsReader();

/** The file as it is known while the body is not: its calls are gone. */
function withoutBody(facts: FileFacts, { body }: FunctionFact): FileFacts {
  return { ...facts, calls: facts.calls.filter(({ start, end }) => start < body.start || end > body.end) };
}

async function main(): Promise<void> {
  const log = { info: () => undefined, warn: (message: string) => void process.stderr.write(`${message}\n`) };
  const denoiser = openDenoiser({ assetsDir: join(projectRoot, 'dist'), log });
  const state = await denoiser.state({});
  if (!state.available) throw new Error(`${state.reason} ${state.advice}`);
  const results = new Map<string, number[]>(VARIANTS.map((variant) => [variant, []]));
  for (const folder of args) {
    const { files } = await readRepository(folder, reader, 600);
    const known: KnownFile[] = [...files.values()].map(({ path, facts }) => ({ path, facts }));
    const signatures = Map.groupBy(
      known.flatMap(({ facts }) => facts.functions.filter(({ name }) => name !== '')),
      ({ name }) => name,
    );
    const all = [...files.values()].flatMap((file) =>
      file.facts.functions
        .filter(({ name, body, parent }) => {
          const size = body.end - body.start;
          return name !== '' && parent === -1 && size >= SHORTEST && size <= LONGEST && !isTestPath(file.path);
        })
        .map((fact) => ({ file, fact })),
    );
    const step = Math.max(1, all.length / TARGETS);
    for (let i = 0; i < all.length; i += step) {
      const { file, fact } = all[Math.floor(i)] as (typeof all)[number];
      const braces = file.text[fact.body.start] === '{' ? 1 : 0;
      const span = { start: fact.body.start + braces, end: fact.body.end - braces };
      const facts = withoutBody(file.facts, fact);
      const lineComment = reader.lineComment(file.language);
      const compressor = compressContext({
        ...{ file: { path: file.path, facts }, spans: [span], others: known, lineComment, tokens: CONTEXT_TOKENS },
      });
      const signature = (name: string) => {
        const found = signatures.get(name) ?? [];
        return found.length <= 2 ? found[0]?.signature : undefined;
      };
      const consider = considerOf({
        ...{
          text: file.text,
          facts,
          routine: fact,
          visible: file.text.slice(fact.start, span.start),
          near: '',
          signature,
        },
      });
      const told: Record<(typeof VARIANTS)[number], string> = {
        nothing: '',
        ...{ compressor, consider },
        'compressor + consider': `${compressor}\n${consider}`.trim(),
        'consider + compressor': `${consider}\n${compressor}`.trim(),
      };
      const place: Omit<DenoiserPlace, 'consider'> = {
        ...{ language: file.language, intent: intentOf(fact), near: '', nodeType: 'body' },
        ...{ prefix: file.text.slice(0, span.start), suffix: file.text.slice(span.end) },
      };
      const logs: number[] = [];
      for (const variant of VARIANTS) {
        const texts = [file.text.slice(span.start, span.end)];
        const { scores } = await denoiser.score({ place: { ...place, consider: told[variant] }, texts }, {});
        const score = scores[0];
        if (score) logs.push(mean(score.logs));
      }
      if (logs.length === VARIANTS.length)
        VARIANTS.forEach((variant, index) => {
          results.get(variant)?.push(logs[index] as number);
        });
    }
    process.stderr.write(`${folder}: ${results.get('nothing')?.length} bodies so far\n`);
  }
  await denoiser.close();
  const base = results.get('nothing') as number[];
  write(
    `${state.model.name}, ${base.length} bodies; log p a token of the body's other half, and its difference to nothing\n`,
  );
  for (const [variant, logs] of results) {
    const gain = (picked: readonly number[]) =>
      mean(picked.map((index) => (logs[index] as number) - (base[index] as number)));
    const [low, high] = bootstrap(logs.length, gain);
    write(`${variant.padEnd(24)} ${mean(logs).toFixed(3)}  ${low.toFixed(3)} to ${high.toFixed(3)}\n`);
  }
}

void main();
