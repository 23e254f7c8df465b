/** Fills and scores with the shipped model and the real parser, in this process: what a request asks is what comes back. */

import { strict as assert } from 'node:assert';
import type { LodestoneError } from '../../../src/base/errors.ts';
import type { DenoiserPlace, FillRequest } from '../../../src/core/infill/denoiser.ts';
import type { LoadedModel, Look } from '../../../src/core/infill/denoiserModel.ts';
import { fill } from '../../../src/core/infill/fill.ts';
import { guessLengths } from '../../../src/core/infill/lengths.ts';
import { lexemesOf } from '../../../src/core/infill/place.ts';
import { PRESET_VALUES, samplingOf } from '../../../src/core/infill/presets.ts';
import { type Row, rowOf } from '../../../src/core/infill/row.ts';
import { RowPasses } from '../../../src/core/infill/rowPasses.ts';
import { holeTexts, pseudoLogs, scoreTexts } from '../../../src/core/infill/scoring.ts';
import type { Parser } from '../../../src/core/ports.ts';
import { loadDenoiser } from '../../../src/node/denoiser/loadDenoiser.ts';
import { needs } from '../../missing.ts';
import { parser } from '../syntax/parserFixture.ts';
import { dataFolder, layoutFolder, makeLayouts, shippedFolder } from './fixtures.ts';

const PLACE: DenoiserPlace = {
  ...{ language: 'python', intent: '', consider: '', near: '', nodeType: 'line' },
  prefix: 'def total(values):\n    result = 0\n    for value in values:\n        ',
  suffix: '\n    return result\n\n\ndef mean(values):\n    return total(values) / len(values)\n',
};
const SAMPLING = samplingOf({ ...PRESET_VALUES.thorough, steps: 16 }, 1);
const REQUEST: FillRequest = {
  ...{ place: PLACE, length: 'predict', lengths: 3, sampling: SAMPLING, automaton: true, repairs: 2 },
};
const now = () => performance.now();

async function load(folder: string): Promise<LoadedModel> {
  return (await loadDenoiser({ folder, dataFolder, threads: 1, freeBytes: () => 2 ** 40 })).model;
}

describe('fills', function () {
  this.timeout(120_000);
  let model: LoadedModel;
  before(async () => {
    model = await load(shippedFolder);
  });

  const filled = (request: Partial<FillRequest>, remember = true, of = model) =>
    fill({ ...REQUEST, ...request }, of, { parser, now, remember }, {});

  it('denoise the likeliest lengths, the likeliest sample that parses first', async () => {
    const { samples } = await filled({});
    const guesses = await guessLengths(PLACE, 'predict', 3, model);
    assert.deepEqual(samples.map(({ tokens }) => tokens).sort(), guesses.map(({ tokens }) => tokens).sort());
    assert.ok(samples.every(({ lengthLog, meanLog }) => lengthLog < 0 && meanLog <= 0));
    assert.deepEqual(
      samples.map(({ parses }) => parses),
      [...samples.map(({ parses }) => parses)].sort((a, b) => Number(b) - Number(a)),
    );
    // What was repaired may be cut into tokens otherwise than the tokenizer would.
    for (const { text, tokens, repaired } of samples)
      if (repaired === 0) assert.equal(holeTexts(PLACE, [text], model)[0]?.ids.length ?? tokens, tokens);
  });

  it('know about how many tokens lexemes take, of long holes without a look', async () => {
    const { bins } = model.head as NonNullable<LoadedModel['head']>;
    for (const length of [3, 12, bins]) {
      const { passes } = model.spent;
      const guesses = await guessLengths(PLACE, length, 3, model);
      assert.equal(new Set(guesses.map(({ tokens }) => tokens)).size, 3);
      // A name is several tokens, an indented line break one.
      for (const { tokens } of guesses) assert.ok(tokens >= length && tokens <= 2 * length + 2, `${length}: ${tokens}`);
      assert.equal(model.spent.passes - passes, length < bins ? 1 : 0);
    }
  });

  it('prefer samples with just as many lexemes as were asked for', async () => {
    for (const length of [3, 6]) {
      const { samples } = await filled({ length, lengths: 5 });
      assert.ok(samples.every(({ lengthLog }) => lengthLog === 0));
      const right = samples.filter(({ text, parses }) => parses && lexemesOf(text).length === length);
      if (right.length > 0) assert.equal(samples[0], right[0], JSON.stringify(samples));
    }
  });

  it('give the same sample with other lengths beside it, whole rows or not, but for rounding', async () => {
    // int8 rounds by what is in the batch: two equally likely tokens may change places, a clear winner may not.
    const texts = async (remember: boolean) => (await filled({ lengths: 2 }, remember)).samples.map(({ text }) => text);
    assert.deepEqual(await texts(true), await texts(true));
    assert.equal((await texts(true)).length, (await texts(false)).length);
  });

  it('remember the context in fewer active tokens: the first look at a block is exact', async () => {
    const row = rowOf(PLACE, 6, model.layout, model.tokenizer);
    assert.ok(row);
    const span = { from: row.holes[0] as number, to: (row.holes.at(-1) as number) + 1 };
    const [whole] = await model.look([{ ids: row.ids, asked: row.holes, span }]);
    const [later] = await model.look([
      { ids: row.ids, asked: row.holes, memory: whole?.memory as NonNullable<typeof whole>['memory'] & object },
    ]);
    later?.distributions.forEach(({ logs }, i) => {
      assert.ok(Math.abs((logs[0] as number) - (whole?.distributions[i]?.logs[0] as number)) < 0.3);
    });
  });

  it('ask without conditions only for guidance that has something to leave out', async () => {
    const place = { ...PLACE, intent: 'sum of the values' };
    const passes = async (guidance: number, at: DenoiserPlace) =>
      (await filled({ place: at, length: 12, lengths: 1, repairs: 0, sampling: { ...SAMPLING, guidance } })).samples[0];
    const [plain, guided, nothing] = [await passes(1, place), await passes(4, place), await passes(4, PLACE)];
    assert.ok(plain && guided && nothing);
    assert.deepEqual(nothing, await passes(1, PLACE));
    assert.notEqual(guided.meanLog, plain.meanLog);
  });

  it('keep brackets and quotes matching where the automaton watches', async () => {
    const place: DenoiserPlace = { ...PLACE, prefix: 'x = f(', suffix: ')\n', nodeType: 'argument_list' };
    const isBalanced = (text: string) => {
      let depth = 0;
      for (const sign of text) {
        if ('([{'.includes(sign)) depth++;
        else if (')]}'.includes(sign) && --depth < 0) return false;
      }
      return depth === 0;
    };
    const unbalanced = { watched: 0, free: 0 };
    for (let seed = 0; seed < 40; seed++) {
      const sampling = { ...SAMPLING, temperature: 1.2, seed };
      for (const [what, automaton] of [
        ['watched', true],
        ['free', false],
      ] as const) {
        const [one] = (await filled({ place, length: 14, lengths: 1, sampling, repairs: 0, automaton })).samples;
        // Brackets within strings need not match.
        if (!isBalanced(one?.text.replace(/"[^"]*"|'[^']*'/g, '') ?? '')) unbalanced[what]++;
      }
    }
    // Not none: where none of the likeliest tokens may stand, the last one does all the same.
    assert.ok(unbalanced.watched < unbalanced.free, JSON.stringify(unbalanced));
  });

  it('denoise broken regions again, a bounded number of times', async () => {
    let [broken, mended] = [0, 0];
    for (let seed = 0; seed < 8; seed++) {
      const sampling = { ...SAMPLING, temperature: 1, seed, steps: 4 };
      const request = { length: 16, lengths: 1, sampling, automaton: false };
      const [one] = (await filled({ ...request, repairs: 0 })).samples;
      const [two] = (await filled({ ...request, repairs: 3 })).samples;
      assert.ok(one && one.repaired === 0 && (two?.repaired ?? 0) <= 3);
      if (one.parses) assert.deepEqual(two, one);
      else {
        broken++;
        if (two) mended++;
        // The passes of repairs are not among those that the sampling took.
        if (two?.tokens === one.tokens) assert.ok(two.repaired > 0 && two.passes === one.passes);
      }
    }
    assert.ok(broken > 0 && mended > 0, `${mended} of ${broken}`);
  });

  it('leave out what does not parse, and say how much', async () => {
    let [all, dropped] = [0, 0];
    for (let seed = 0; seed < 6; seed++) {
      const sampling = { ...SAMPLING, temperature: 1.2, seed, steps: 4 };
      const request = { length: 12, lengths: 3, sampling, automaton: false };
      const raw = await filled({ ...request, repairs: 0 });
      assert.deepEqual([raw.samples.length, raw.dropped], [3, 0]);
      const kept = await filled({ ...request, repairs: 1 });
      assert.ok(kept.samples.every(({ parses }) => parses));
      assert.ok(kept.samples.length + kept.dropped >= 3);
      all += kept.samples.length;
      dropped += kept.dropped;
    }
    assert.ok(dropped > 0 && all > 0, `${dropped} of ${all}`);
  });

  it('try frames of code where no length parses: the model chooses among them and names what they hold', async () => {
    const holes = [
      ['rust', 'fn f(x: u8) -> u8 {\n    ', '\n        1 => 3,\n        _ => 4,\n    }\n}\n'],
      [
        'typescript',
        'function f(x: number) {\n  ',
        '\n    case 1:\n      return 2;\n    default:\n      return 3;\n  }\n}\n',
      ],
      ['python', 'def f(x):\n    ', '\n        case 1:\n            return 2\n        case _:\n            return 3\n'],
    ] as const;
    let framed = 0;
    for (const [language, prefix, suffix] of holes) {
      const place = { ...PLACE, language, prefix, suffix, nodeType: 'line' };
      const { samples, dropped } = await filled({ place });
      assert.ok(samples.length > 0 && dropped > 0, JSON.stringify(samples));
      for (const sample of samples) {
        assert.ok(sample.parses);
        assert.match(sample.text, /^(?:match|switch) ?.+(?: \{|:)$|^ ?\S+! ?\{$/);
        if (sample.framed) framed++;
      }
      // Whoever says how long it is to be gets nothing of another length.
      assert.ok((await filled({ place, length: 4 })).samples.every((sample) => !sample.framed));
    }
    assert.ok(framed > 0, 'in one of them no length parses');
  });

  it('ask nothing about a draft whose score is known', async () => {
    const text = 'result += value';
    const { scores } = await scoreTexts({ place: PLACE, texts: [text] }, model, { now });
    assert.ok(scores[0]);
    const [asked, told] = [
      await filled({ draft: { text, doubt: 0 } }),
      await filled({ draft: { text, doubt: 0, score: scores[0] } }),
    ];
    assert.ok(asked.passes > 0);
    assert.equal(told.passes, 0);
    assert.equal(told.samples[0]?.lengthLog, asked.samples[0]?.lengthLog);
    // A score of another text is none of this one.
    assert.ok((await filled({ draft: { text: 'result', doubt: 0, score: scores[0] } })).passes > 0);
  });

  it('keep of a draft what the model does not doubt', async () => {
    const text = 'result += value';
    const kept = await filled({ draft: { text, doubt: 0 } });
    assert.deepEqual(
      kept.samples.map((each) => each.text),
      [text],
    );
    const wrong = 'result += lambda';
    const { scores } = await scoreTexts({ place: PLACE, texts: [wrong] }, model, { now });
    const least = Math.min(...(scores[0]?.logs ?? []));
    const [mended] = (await filled({ draft: { text: wrong, doubt: Math.exp(least) * 1.5 } })).samples;
    assert.ok(mended?.text.startsWith('result'), mended?.text);
    assert.notEqual(mended?.text, wrong);
    assert.deepEqual((await filled({ draft: { text: 'x = 1\n'.repeat(500), doubt: 0.5 } })).samples, []);
  });

  it('parse no more than they may where a broken file cannot be cut, and keep to what was found by then', async () => {
    // A list with an error in its first line: all of its lines are one statement.
    const rows = '    (1, "a", [2, 3]),\n'.repeat(4000);
    const place = { ...PLACE, prefix: `x = = [\n${rows}    `, suffix: `\n${rows}]\n` };
    let units = 0;
    const counting: Parser = {
      grammar: (language) => parser.grammar(language),
      parse: (language, text, base) => {
        units += text.length;
        return parser.parse(language, text, base);
      },
    };
    const tools = { parser: counting, now };
    const sampling = { ...SAMPLING, temperature: 1.2 };
    const request = { ...REQUEST, place, lengths: 5, sampling, automaton: false };
    const { samples, dropped } = await fill(request, model, tools, {});
    assert.ok(samples.every(({ parses }) => parses));
    assert.ok(samples.length + dropped >= 5);
    // Without a bound 42 million.
    assert.ok(units < 6_000_000, String(units));
  });

  it('fill blocks from left to right', async () => {
    const { samples } = await filled({ length: 12, lengths: 1, repairs: 0, sampling: { ...SAMPLING, block: 4 } });
    assert.equal(samples.length, 1);
    assert.ok(!samples[0]?.text.includes('\uFFFD'));
  });

  it('denoise a long hole in blocks, a few lengths side by side, in a bounded number of tokens', async () => {
    let looked = 0;
    const counting = Object.create(model, {
      look: {
        value: (looks: readonly Look[], signal?: AbortSignal) => {
          for (const { ids, memory } of looks) looked += memory ? memory.to - memory.from : ids.length;
          return model.look(looks, signal);
        },
      },
    }) as LoadedModel;
    const sampling = samplingOf(PRESET_VALUES.thorough, 1);
    for (const length of [64, 150]) {
      looked = 0;
      const { samples, dropped } = await filled({ length, lengths: 5, sampling }, true, counting);
      // Of 64 lexemes there is room for two or three lengths, of 150 for one; five and five more would cost many times as much.
      assert.ok(samples.length + dropped >= 1 && samples.length + dropped <= 4, `${samples.length} ${dropped}`);
      assert.ok(looked < 25_000, `${length}: ${looked}`);
    }
  });

  it('look anew at the row alone that was masked again', async () => {
    const rowsOf = [10, 12].map((length) => rowOf(PLACE, length, model.layout, model.tokenizer) as Row);
    const passes = new RowPasses(
      model,
      rowsOf.map((conditioned) => ({ conditioned })),
      true,
    );
    const questions = rowsOf.map(({ ids, holes }, sample) => ({ sample, ids, positions: holes, conditioned: true }));
    const whole = rowsOf.reduce((sum, { ids }) => sum + ids.length, 0);
    const first = await passes.answer(questions);
    assert.equal(passes.looked, whole);
    passes.forget(1);
    const second = await passes.answer(questions);
    const anew = (rowsOf[1] as Row).ids.length;
    assert.ok(passes.looked - whole >= anew + 10 && passes.looked - whole < anew + 20, String(passes.looked - whole));
    // The same is asked: the same is answered, each to its own question.
    first.forEach((distributions, sample) => {
      distributions.forEach(({ logs }, i) => {
        assert.ok(Math.abs((logs[0] as number) - (second[sample]?.[i]?.logs[0] as number)) < 0.3);
      });
    });
  });

  it('stop at the first step and at the last', async () => {
    const request: FillRequest = { ...REQUEST, length: 20, lengths: 1, repairs: 0 };
    let clock = 0;
    // A clock on which every step is worth telling.
    const tools = { parser, now: () => (clock += 1000) };
    const steps: number[] = [];
    await fill(request, model, tools, { onProgress: ({ done }) => void steps.push(done) });
    assert.ok(steps.length > 4);
    for (const stopAt of [steps[0], steps.at(-2)] as number[]) {
      const stop = new AbortController();
      const seen: number[] = [];
      const onProgress = ({ done }: { done: number }) => {
        seen.push(done);
        if (done >= stopAt) stop.abort();
      };
      const failure = await fill(request, model, tools, { signal: stop.signal, onProgress }).catch(
        (error: LodestoneError) => error,
      );
      assert.equal((failure as LodestoneError).code, 'cancelled');
      assert.equal(seen.at(-1), stopAt);
    }
  });

  it('work with models of others, which have no length head', async function () {
    needs(this, await makeLayouts(), 'PyTorch with training/requirements.txt');
    for (const name of ['llada', 'llada-cached', 'dream', 'open-dcoder-cached']) {
      const other = await load(layoutFolder(name));
      const place = { ...PLACE, prefix: 'x = ', suffix: '\n' };
      const { samples } = await fill({ ...REQUEST, place, repairs: 1 }, other, { parser, now }, {});
      assert.equal(samples.length, 3, name);
      const [exact] = (await fill({ ...REQUEST, place, length: 4, lengths: 1, repairs: 0 }, other, { parser, now }, {}))
        .samples;
      assert.ok((exact?.tokens ?? 0) >= 3 && (exact?.tokens ?? 99) <= 8, name);
      const { scores } = await scoreTexts({ place, texts: ['total', 'left + right'] }, other, { now });
      assert.ok(scores.every((score) => score && score.logs.every((log) => log < 0) && score.lengthLog === undefined));
    }
  });
});

describe('scores', function () {
  this.timeout(120_000);

  it('are the logarithms of each half given the other, whole rows or remembered', async () => {
    const model = await load(shippedFolder);
    const texts = ['result += value', 'result = result + value', 'pass', 'import os', 'print(value)'];
    const found = holeTexts(PLACE, texts, model);
    const whole = await pseudoLogs(found, Object.create(model, { remembers: { value: false } }) as LoadedModel);
    const remembered = await pseudoLogs(found, model);
    // By hand for the first: the even tokens under masks, then the odd ones.
    const [first] = found;
    assert.ok(first);
    for (const parity of [0, 1]) {
      const ids = Int32Array.from(first.row.ids);
      const asked = first.row.holes.filter((_, i) => i % 2 === parity);
      first.row.holes.forEach((hole, i) => {
        ids[hole] = i % 2 === parity ? model.layout.specialIds.mask : (first.ids[i] as number);
      });
      const wanted = first.ids.filter((_, i) => i % 2 === parity);
      const [seen] = await model.look([{ ids, asked, wanted }]);
      const logs = whole[0]?.filter((_, i) => i % 2 === parity) ?? [];
      logs.forEach((log, i) => void assert.ok(Math.abs(log - (seen?.wanted[i] as number)) < 0.3));
    }
    const mean = (logs: Float64Array | undefined) =>
      (logs ?? new Float64Array(1)).reduce((a, b) => a + b, 0) / (logs?.length ?? 1);
    // What is remembered is of masks in the hole, not of the other half: close, not the same.
    whole.forEach((logs, i) => void assert.ok(Math.abs(mean(logs) - mean(remembered[i])) < 0.5, texts[i]));
    assert.ok(mean(remembered[0]) > mean(remembered[3]));
  });
});
