/** Property: after any saves the updated report counts known patterns as a cold mine does, and settling gives its bytes. */
import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { MiningReducer } from '../../../src/core/indexing/contracts.ts';
import type { Attractor, Snippet } from '../../../src/core/mining/attractor.ts';
import { projectRoot } from '../../projectRoot.ts';
import { analyse, contextOf, newReducer } from './mineTexts.ts';

const FOLDER = join(projectRoot, 'samples/workspace');
const ORIGINAL: ReadonlyMap<string, string> = new Map(
  readdirSync(FOLDER, { recursive: true })
    .map(String)
    .filter((path) => /\.(?:ts|py|go)$/.test(path))
    .sort()
    .map((path) => [path, readFileSync(join(FOLDER, path), 'utf8')]),
);
const PATHS = [...ORIGINAL.keys()];

type Save = { path: string } & (
  | { do: 'cut'; from: number; lines: number }
  | { do: 'push down'; lines: number }
  | { do: 'repeat' }
  | { do: 'become'; other: string }
  | { do: 'delete' }
  | { do: 'restore' }
);

const path = fc.constantFrom(...PATHS);
const save: fc.Arbitrary<Save> = fc.oneof(
  fc.record({ path, do: fc.constant('cut' as const), from: fc.nat(60), lines: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ path, do: fc.constant('push down' as const), lines: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ path, do: fc.constant('repeat' as const) }),
  fc.record({ path, do: fc.constant('become' as const), other: path }),
  fc.record({ path, do: fc.constant('delete' as const) }),
  fc.record({ path, do: fc.constant('restore' as const) }),
);

function saved(one: Save, text: string, texts: ReadonlyMap<string, string>): string | undefined {
  const lines = text.split('\n');
  if (one.do === 'cut') return lines.toSpliced(one.from, one.lines).join('\n');
  if (one.do === 'push down') return '\n'.repeat(one.lines) + text;
  if (one.do === 'repeat') return text + text;
  if (one.do === 'become') return texts.get(one.other) ?? text;
  if (one.do === 'delete') return undefined;
  return ORIGINAL.get(one.path);
}

async function give(reducer: MiningReducer, file: string, text: string | undefined): Promise<void> {
  if (text === undefined) reducer.delete(file);
  else reducer.set(file, await analyse(file, text));
}

const counts = ({ support, files, snippets, summary }: Attractor) => ({ support, files, snippets, summary });

describe('a report that is brought up to date', () => {
  it('says of known patterns what a cold mine says, stands verbatim, and settles to the bytes of a cold mine', async function () {
    this.timeout(300_000);
    let compared = 0;
    let changed = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(save, { minLength: 1, maxLength: 4 }), async (saves) => {
        const texts = new Map(ORIGINAL);
        const context = { ...contextOf({}), text: async (file: string) => texts.get(file) };
        const reducer = await newReducer();
        for (const [file, text] of texts) await give(reducer, file, text);
        const first = await reducer.report(context, {});
        const supports = new Map(first.attractors.map(({ id, support }) => [id, support]));
        for (const one of saves) {
          const text = saved(one, texts.get(one.path) ?? '', texts);
          if (text === undefined) texts.delete(one.path);
          else texts.set(one.path, text);
          await give(reducer, one.path, text);
          const updated = await reducer.update(context, {});
          assert.ok(updated, 'nothing to start from');
          const quoted: Snippet[] = [
            ...updated.attractors.flatMap(({ snippets, antipatterns }) => [
              ...snippets,
              ...antipatterns.flatMap(({ snippet }) => snippet ?? []),
            ]),
            ...updated.deviants.flatMap(({ sites, example }) => [...sites, example]),
          ];
          for (const snippet of quoted)
            assert.equal(
              texts
                .get(snippet.path)
                ?.split('\n')
                .slice(snippet.line - 1, snippet.endLine)
                .join('\n'),
              snippet.text,
            );
          const cold = await newReducer();
          for (const [file, content] of texts) await give(cold, file, content);
          const expected = await cold.report(context, {});
          const known = new Map(updated.attractors.map((attractor) => [attractor.id, attractor]));
          for (const attractor of expected.attractors) {
            const own = known.get(attractor.id);
            if (!own || attractor.provenance !== 'mined' || attractor.kind === 'antipattern') continue;
            assert.deepEqual(counts(own), counts(attractor), attractor.name);
            compared++;
            if (own.support !== supports.get(own.id)) changed++;
          }
          if (one === saves.at(-1))
            assert.equal(JSON.stringify(await reducer.report(context, {})), JSON.stringify(expected));
        }
      }),
      { numRuns: Number(process.env['LODESTONE_PROPERTY_RUNS'] ?? 24) },
    );
    assert.ok(compared > 500 && changed > 20, `only ${compared} patterns were compared, ${changed} with a new support`);
  });

  it('has nothing to bring up to date before the first report', async () => {
    const reducer = await newReducer();
    reducer.set('a.ts', await analyse('a.ts', 'export const a = () => load();\n'));
    assert.equal(await reducer.update({ text: async () => undefined }, {}), undefined);
  });
});
