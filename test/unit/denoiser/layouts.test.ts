/** Every layout of an export through the real loader and onnxruntime: whole rows, padded batches, remembered context. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadedModel, Look, Seen } from '../../../src/core/infill/denoiserModel.ts';
import { loadDenoiser } from '../../../src/node/denoiser/loadDenoiser.ts';
import { needs } from '../../missing.ts';
import { dataFolder, layoutFolder, makeLayouts } from './fixtures.ts';

const LAYOUTS = ['lodestone', 'lodestone-int8', 'llada', 'llada-cached', 'dream', 'open-dcoder-cached'];
const REMEMBERING = ['lodestone', 'lodestone-int8', 'llada-cached', 'open-dcoder-cached'];

interface Example {
  readonly ids: number[];
  readonly answers: { readonly position: number; readonly ids: number[]; readonly logP: number[] }[];
}

async function load(name: string): Promise<LoadedModel> {
  const options = { folder: layoutFolder(name), dataFolder, threads: 1, freeBytes: () => 2 ** 40 };
  return (await loadDenoiser(options)).model;
}

function exampleOf(name: string): Example {
  return JSON.parse(readFileSync(join(layoutFolder(name), 'example.json'), 'utf8')) as Example;
}

describe('layouts of exports', function () {
  this.timeout(120_000);
  before(async function () {
    needs(this, await makeLayouts(), 'PyTorch with training/requirements.txt');
  });

  for (const name of LAYOUTS) {
    // int8 scales what it multiplies by the whole batch's largest value.
    const allowed = name.endsWith('int8') ? 0.2 : 2e-3;
    const near = (actual: ArrayLike<number>, wanted: ArrayLike<number>, what: string) =>
      assert.ok(
        actual.length === wanted.length &&
          Array.from(actual).every((value, i) => Math.abs(value - (wanted[i] as number)) <= allowed),
        `${name}, ${what}: ${Array.from(actual)} instead of ${Array.from(wanted)}`,
      );
    const same = (one: Seen, other: Seen, what: string) =>
      one.distributions.forEach((each, i) => {
        near(each.logs.slice(0, 3), other.distributions[i]?.logs.slice(0, 3) ?? [], what);
      });

    it(`${name} answers as its example says`, async () => {
      const [model, { ids, answers }] = [await load(name), exampleOf(name)];
      const asked = answers.map(({ position }) => position);
      const row = Int32Array.from(ids);
      for (let rank = 0; rank < 8; rank++) {
        const [seen] = await model.look([{ ids: row, asked, wanted: answers.map((each) => each.ids[rank] as number) }]);
        near(
          seen?.wanted ?? [],
          answers.map(({ logP }) => logP[rank] as number),
          `candidate ${rank}`,
        );
      }
      const [seen] = await model.look([{ ids: row, asked }]);
      answers.forEach(({ ids: likely, logP }, i) => {
        // What the example names is what we see, but for special tokens, which no sample may have.
        const of = seen?.distributions[i];
        likely.forEach((id, rank) => {
          const at = of?.ids.indexOf(id) ?? -1;
          if (at >= 0) near([of?.logs[at] as number], [logP[rank] as number], `token ${id}`);
          else assert.equal(model.textOf(id).startsWith('<') || id < 15, true, `${name}: token ${id} is missing`);
        });
      });
    });

    it(`${name} answers the same in a batch of rows of different length`, async () => {
      const [model, { ids, answers }] = [await load(name), exampleOf(name)];
      const asked = answers.map(({ position }) => position);
      const row: Look = { ids: Int32Array.from(ids), asked };
      const longer: Look = { ids: Int32Array.from([...ids, ...ids.slice(0, 9)]), asked: [...asked, 30] };
      const shorter: Look = { ids: Int32Array.from(ids.slice(0, 14)), asked: asked.slice(0, 2) };
      const alone = (await Promise.all([row, longer, shorter].map((look) => model.look([look])))).map(
        ([seen]) => seen as Seen,
      );
      const together = await model.look([row, longer, shorter]);
      together.forEach((seen, i) => void same(seen, alone[i] as Seen, `row ${i} of a batch`));
      assert.deepEqual(
        together.map(({ distributions }) => distributions.length),
        [4, 5, 2],
      );
    });

    if (!REMEMBERING.includes(name)) continue;
    it(`${name} remembers what is around a span`, async () => {
      const [model, { ids, answers }] = [await load(name), exampleOf(name)];
      assert.ok(model.remembers);
      const asked = answers.map(({ position }) => position);
      const span = { from: asked[0] as number, to: (asked.at(-1) as number) + 1 };
      // Rows of different length, spans of different length and place: at the beginning and the end too.
      const looks: Look[] = [
        { ids: Int32Array.from(ids), asked, span },
        { ids: Int32Array.from([...ids, ...ids.slice(0, 9)]), asked: [1, 2], span: { from: 1, to: 3 } },
        { ids: Int32Array.from(ids.slice(0, 14)), asked: [12, 13], span: { from: 12, to: 14 } },
      ];
      const whole = await model.look(looks);
      const later = looks.map(({ span: _, ...look }, i) => ({
        ...look,
        memory: whole[i]?.memory as NonNullable<Seen['memory']>,
      }));
      (await model.look(later)).forEach((seen, i) => void same(seen, whole[i] as Seen, `row ${i}, remembered`));
      // One of them alone, and in another order.
      const [last, first] = await model.look([later[2] as Look, later[0] as Look]);
      same(last as Seen, whole[2] as Seen, 'another order');
      same(first as Seen, whole[0] as Seen, 'another order');
    });
  }
});
