/** `lodestone infill`: a hole filled as the repository fills such holes, a function written anew, silence with a reason, and bad input. */
import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InfillCandidate } from '../../src/core/infill/infill.ts';
import { projectRoot } from '../projectRoot.ts';
import { assertSchema, Scratch } from './lodestone.ts';

interface Infilled {
  readonly id?: string | number;
  readonly candidates: readonly Omit<InfillCandidate, 'patch'>[];
  readonly withheld: readonly Omit<InfillCandidate, 'patch'>[];
  readonly fallback: 'model' | 'nearest' | null;
  readonly why: string;
  readonly notices: readonly { readonly code: string; readonly message: string }[];
  readonly span: { readonly start: number; readonly end: number };
  readonly unit: string;
  readonly symbol: string;
}
interface Failed {
  readonly id: string | null;
  readonly line: number;
  readonly error: { readonly code: string; readonly message: string; readonly advice: string };
}

/** A place that nobody listens at. */
const NOWHERE = { env: { OLLAMA_HOST: '127.0.0.1:65533' } };

const NOUNS = ['order', 'invoice', 'basket', 'parcel', 'refund', 'voucher'];
const service = (noun: string): string => `import { type Entry, ledger, MissingEntry } from './ledger';

/** The ${noun} of this id. */
export async function load_${noun}(id: string): Promise<Entry> {
  const found = await ledger.findEntry({ kind: '${noun}', id });
  if (found === undefined) throw new MissingEntry(id);
  return found;
}
`;
const LEDGER = `export interface Entry {
  readonly id: string;
}

export const ledger = {
  async findEntry(query: { kind: string; id: string }): Promise<Entry | undefined> {
    return query.id === '' ? undefined : { id: query.id };
  },
};

export class MissingEntry extends Error {}
`;
const HOLED = service('ship').replace('  if (found === undefined) throw new MissingEntry(id);\n', '  \n');

describe('cli infill', () => {
  let scratch: Scratch;
  before(() => {
    scratch = new Scratch();
    scratch.write({
      'package.json': '{"name": "services"}',
      'tsconfig.json': '{"compilerOptions":{"strict":true,"target":"es2022","module":"esnext"}}',
      'src/ledger.ts': LEDGER,
      ...Object.fromEntries(NOUNS.map((noun) => [`src/${noun}.ts`, service(noun)])),
      'src/ship.ts': HOLED,
      'src/odd.py': 'def frobnicate(zug, quux):\n    zonk = zug ^ quux\n    \n    return zonk << 3\n',
    });
  });
  after(() => scratch.dispose());

  const infill = (args: readonly string[], codes: readonly number[] = [0]) =>
    scratch.json<Infilled>(['infill', ...args], { ...NOWHERE, codes });

  it('fills a line that stands in every like function, says how sure it is, and writes nothing', async () => {
    const { candidates, fallback, why, unit, symbol } = await infill(['src/ship.ts', '--range', '6:3-6:3']);
    const [best] = candidates;
    assert.equal(best?.text, 'if (found === undefined) throw new MissingEntry(id);');
    assert.equal(fallback, null);
    assert.equal(why, '');
    assert.deepEqual([unit, symbol], ['hole', 'load_ship']);
    assert.ok(best.parses);
    assert.ok(best.confidence > 0.5 && best.confidence <= 1, String(best.confidence));
    assert.match(best.diff, /^\+ {2}if \(found === undefined\) throw new MissingEntry\(id\);$/m);
    assert.equal(scratch.text('src/ship.ts'), HOLED);
  });

  it('writes a body anew with the names that are in scope, or says that the nearest function stands in', async () => {
    const report = await infill(['src/ship.ts', '--target', 'load_ship', '--candidates', '2']);
    const [best] = report.candidates;
    assert.ok(best, report.why);
    assert.match(best.text, /kind: 'ship'/);
    assert.match(best.text, /throw new MissingEntry\(id\)/);
    assert.ok(best.parses);
    assert.equal(report.unit, 'body');
  });

  it('leaves nothing of onnxruntime’s telemetry in the cache folder: no device id, and no events to send', async () => {
    const { candidates } = await infill(['src/ship.ts', '--range', '6:3-6:3', '--seed', '1']);
    assert.match(candidates[0]?.meta.model ?? '', /denoiser/);
    assert.deepEqual(readdirSync(scratch.cache), ['lodestone']);
  });

  it('prefers what the compiler takes to what stands there oftener', async () => {
    const count = (noun: string, last: string) =>
      service(noun)
        .replace('Promise<Entry>', 'Promise<number>')
        .replace('load_', 'count_')
        .replace('return found;', last);
    scratch.write({
      'src/counts.ts': count('order', 'return found.id.length;'),
      'src/sizes.ts': count('basket', 'return found.id.length;'),
      'src/held.ts': count('ship', ''),
    });
    const best = async (...more: string[]) => {
      const { candidates, withheld } = await infill(['src/held.ts', '--range', '7:3-7:3', '--threshold', '0', ...more]);
      assert.ok(
        withheld.some(({ text }) => /^return found/.test(text)),
        JSON.stringify(withheld.map(({ text }) => text)),
      );
      return candidates[0];
    };
    assert.equal((await best('--leave-out', 'tools'))?.text, 'return found;');
    const told = await best();
    assert.equal(told?.text, 'return found.id.length;');
    assert.equal(told?.evidence.typedAdds, 0);
  });

  it('lets a body stand in that compiles, before one that is more alike', async () => {
    const name = (noun: string) =>
      service(noun)
        .replace('Promise<Entry>', 'Promise<string>')
        .replace('load_', 'id_of_')
        .replace('return found;', 'return found.id;')
        .replace('of this id', 'under this number');
    const [head = ''] = service('vessel').replace('Promise<Entry>', 'Promise<string>').split('  const found');
    scratch.write({
      'src/sloop.ts': name('sloop'),
      'src/barge.ts': name('barge'),
      'src/vessel.ts': `${head}  throw new Error('not implemented');\n}\n`,
    });
    const last = async (...more: string[]) => {
      const { candidates, fallback } = await infill(['src/vessel.ts', '--target', 'load_vessel', ...more]);
      assert.equal(fallback, 'nearest');
      return candidates[0]?.text.trim().split('\n').at(-1)?.trim();
    };
    assert.equal(await last('--leave-out', 'tools'), 'return found;');
    assert.equal(await last(), 'return found.id;');
  });

  it('gives the same answer twice', async () => {
    const ask = async () => {
      const { candidates } = await infill(['src/ship.ts', '--range', '6:3-6:3', '--seed', '7']);
      return candidates.map(({ meta, ...rest }) => ({ ...rest, seed: meta.seed, promptHash: meta.promptHash }));
    };
    assert.deepEqual(await ask(), await ask());
  });

  it('is silent where nobody knows, with the reason, and tells what was withheld', async () => {
    const { candidates, why, fallback } = await infill(['src/odd.py', '--range', '3:5-3:5'], [1]);
    assert.deepEqual(candidates, []);
    assert.equal(fallback, null);
    assert.match(why, /below \d+ % none is shown|Nothing was proposed/);
    const all = await infill(['src/odd.py', '--range', '3:5-3:5', '--threshold', '0'], [0, 1]);
    assert.ok(all.candidates.every(({ parses }) => parses));
  });

  it('says whether nothing was proposed at all or nothing of the wanted length', async () => {
    const nobody = ['--leave-out', 'copy,kin,ngram,denoiser,repaired', '--no-fallback'];
    const why = async (...more: string[]) => (await infill(['src/ship.ts', ...more], [1])).why;
    const hole = ['--range', '6:3-6:3', ...nobody];
    assert.equal(await why(...hole), 'Nothing was proposed for this place.');
    const long = await why(...hole, '--length', '7');
    assert.equal(long, 'Nothing with 7 words and signs was proposed for this place.');
  });

  it('holds every proposal against what the denoiser thinks of it, and tells as many as are wanted', async () => {
    const at = ['src/odd.py', '--range', '3:5-3:5', '--threshold', '1', '--no-fallback'];
    const { withheld } = await infill([...at, '--withheld', '99'], [1]);
    assert.ok(withheld.length > 8, `${withheld.length}`);
    assert.ok(withheld.every(({ evidence }) => (evidence.pseudo ?? 0) < 0));
    const one = await infill([...at.with(4, '0'), '--withheld', '99'], [0]);
    assert.deepEqual([one.candidates.length, one.withheld.length], [1, withheld.length - 1]);
    const [none, usual] = [await infill([...at, '--withheld', '0'], [1]), await infill(at, [1])];
    assert.deepEqual([none.withheld.length, usual.withheld.length], [0, 8]);
    assert.equal(none.why, usual.why);
  });

  it('goes on without the denoiser where its folder is missing or damaged, and says which file and what to do', async () => {
    const shipped = join(projectRoot, 'models/denoiser');
    scratch.write({
      'model/manifest.json': readFileSync(join(shipped, 'manifest.json')),
      'model/tokenizer.json': readFileSync(join(shipped, 'tokenizer.json')),
      'model/model.onnx': readFileSync(join(shipped, 'model.onnx')).subarray(1),
    });
    const hole = ['src/ship.ts', '--range', '6:3-6:3'];
    const cut = await infill([...hole, '--denoiser', 'model']);
    assert.match(cut.notices[0]?.message ?? '', /model\.onnx: it has \d+ bytes, model\.bytes of manifest\.json says/);
    assert.equal(cut.candidates[0]?.text, 'if (found === undefined) throw new MissingEntry(id);');
    assert.equal(cut.candidates[0]?.meta.model, null);
    const none = await infill([...hole, '--denoiser', 'nowhere']);
    assert.match(none.notices[0]?.message ?? '', /nowhere: there is no such folder/);
    assert.equal(none.candidates.length, 1);
  });

  it('goes on without the denoiser where a hole is longer than its row, and says so', async () => {
    const { candidates, withheld, notices } = await infill(
      ['src/ship.ts', '--range', '6:3-6:3', '--length', '600', '--no-fallback', '--threshold', '0'],
      [0, 1],
    );
    assert.match(notices.map(({ message }) => message).join(), /600 lexemes/);
    assert.ok(candidates.length + withheld.length > 0);
  });

  it('answers a batch line by line; a bad line costs itself alone', async () => {
    const lines = [
      { id: 'line', file: 'src/ship.ts', range: '6:3-6:3', length: 15, target: null, intent: null, seed: null },
      { id: 'gone', file: 'src/gone.ts', range: '1:1-1:1' },
      { id: 'both', file: 'src/ship.ts', range: '1:1-1:1', target: 'load_ship' },
      { id: 'late', file: 'src/ship.ts', range: '60:1-60:1' },
      { id: 'text', file: 'package.txt', range: '1:1-1:1' },
      { id: 'long', file: 'src/ship.ts', range: '6:3-6:3', length: 1001 },
      { id: 'none', file: 'src/ship.ts', range: '6:3-6:3', length: 0 },
      { id: 5, file: 'src/ship.ts', target: 'load_ship', seed: 3 },
    ];
    scratch.write({
      'requests.jsonl': `${lines.map((line) => JSON.stringify(line)).join('\n')}\n{"id": 1,\n[]\nnull\n`,
      'package.txt': 'no code\n',
    });
    const run = await scratch.run(['infill', '--batch', 'requests.jsonl'], NOWHERE);
    assert.equal(run.code, 1, run.stderr);
    const answers = run.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Infilled & Partial<Failed>);
    assert.deepEqual(
      answers.map(({ id, error }) => [id, error?.code ?? '']),
      [
        ...[
          ['line', ''],
          ['gone', 'notFound'],
          ['both', 'badArguments'],
          ['late', 'badArguments'],
        ],
        ...[
          ['text', 'unsupportedLanguage'],
          ['long', 'badArguments'],
          ['none', 'badArguments'],
          [5, ''],
          [null, 'badArguments'],
        ],
        ...[
          [null, 'badArguments'],
          [null, 'badArguments'],
        ],
      ],
    );
    assert.equal(answers[0]?.candidates[0]?.text, 'if (found === undefined) throw new MissingEntry(id);');
    for (const answer of answers) {
      assertSchema(answer.error ? 'error' : 'infill', answer);
      if (!answer.error) continue;
      assert.notEqual(answer.error.advice, '');
      assert.deepEqual([answer.candidates, answer.fallback, answer.why], [[], null, answer.error.message]);
    }
  });

  it('reads a batch with a byte order mark and carriage returns, and ends where nobody reads its answers', async () => {
    const line = JSON.stringify({ id: 'a', file: 'src/ship.ts', range: '6:3-6:3' });
    scratch.write({ 'marked.jsonl': `\uFEFF${line}\r\n${line}\r\n`, 'many.jsonl': `${line}\n`.repeat(4000) });
    const run = await scratch.run(['infill', '--batch', 'marked.jsonl'], NOWHERE);
    assert.equal(run.code, 0, run.stdout);
    assert.equal(run.stdout.trimEnd().split('\n').length, 2);
    const left = await scratch.run(['infill', '--batch', 'many.jsonl'], {
      ...NOWHERE,
      started: ({ stdout }) => stdout?.once('data', () => stdout.destroy()),
    });
    assert.equal(left.code, 0, left.stderr);
  });

  const refused: [why: string, args: string[], message: RegExp][] = [
    ['no place', ['src/ship.ts'], /either --target or --range/],
    ['two places', ['src/ship.ts', '--target', 'a', '--range', '1:1-1:1'], /either --target or --range/],
    ['a range that is none', ['src/ship.ts', '--range', '3-4'], /is no stretch of the file/],
    ['a range backwards', ['src/ship.ts', '--range', '5:1-4:1'], /is no stretch of the file/],
    ['an unknown function', ['src/ship.ts', '--target', 'load_shop'], /no function or class "load_shop"/],
    ['an unknown preset', ['src/ship.ts', '--target', 'load_ship', '--preset', 'best'], /--preset does not take/],
    ['an unknown schedule', ['src/ship.ts', '--target', 'load_ship', '--schedule', 'x'], /--schedule does not take/],
    [
      'a length beyond all',
      ['src/ship.ts', '--target', 'load_ship', '--length', '1001'],
      /--length takes at most 1000/,
    ],
    ['a name for a statement', ['src/ship.ts', '--target', 'load_ship', '--unit', 'statement'], /not for a unit/],
    ['no steps', ['src/ship.ts', '--target', 'load_ship', '--steps', '0'], /--steps takes a whole number from 1/],
    ['a negative guidance', ['src/ship.ts', '--target', 'load_ship', '--guidance=-1'], /--guidance takes a number/],
    ['a chance above 1', ['src/ship.ts', '--target', 'load_ship', '--threshold', '2'], /--threshold takes a number/],
    ['a file that is not there', ['src/none.ts', '--target', 'a'], /There is no "src\/none.ts"/],
    ['a batch that is not there', ['--batch', 'none.jsonl'], /cannot be read/],
    ['a batch with a range', ['--batch', 'a', '--range', '1:1-1:1'], /in its lines/],
  ];
  for (const [why, args, message] of refused)
    it(`refuses ${why}, and says what to do`, async () => {
      const run = await scratch.run(['infill', ...args], NOWHERE);
      assert.equal(run.code, 2, run.stderr);
      assert.match(run.stderr, message);
      assert.equal(run.stdout, '');
    });
});
