/** `lodestone complete` without a model and with a server that is not there. */
import { strict as assert } from 'node:assert';
import type { CompletionReport } from '../../src/core/completion/completion.ts';
import { Scratch } from './lodestone.ts';

const NOUNS = ['order', 'invoice', 'basket', 'parcel', 'refund', 'ticket', 'voucher', 'widget'];

const service = (noun: string): string => `import { ledger } from './ledger';

export async function load${noun}(id: string) {
  const found = await ledger.findEntry({ kind: '${noun}', id });
  if (found === undefined) throw new MissingEntry(id);
  return found;
}
`;

/** A place that nobody listens at. */
const NOWHERE = '127.0.0.1:65533';

describe('cli complete', () => {
  const scratch = new Scratch();
  const begun =
    "import { ledger } from './ledger';\n\nexport async function loadShip(id: string) {\n  const found = await ledger.\n}\n";
  const at = ['src/ship.ts', '--line', '4'];

  before(() => {
    for (const noun of NOUNS) scratch.write({ [`src/${noun}.ts`]: service(noun) });
    scratch.write({ 'src/ship.ts': begun });
  });
  after(() => scratch.dispose());

  it('goes on as the repository does, without a model', async () => {
    const report = await scratch.json<CompletionReport>(['complete', ...at, '--no-model']);
    assert.equal(report.model, null);
    assert.equal(report.prompt, null);
    assert.equal(report.why, null);
    const [first] = report.completions;
    assert.match(first?.text ?? '', /^findEntry\(/);
    assert.deepEqual(first?.range.start, { line: 4, column: 30 });
    assert.deepEqual(first?.range.end, first?.range.start);
    assert.ok(report.apiHits.includes('findEntry'), JSON.stringify(report.apiHits));
  });

  it('reads a text that is not saved from standard input, and counts columns in UTF-16 units', async () => {
    const stdin = begun.replace('  const found', "  trace('😀'); const found");
    const column = (stdin.split('\n')[3] as string).length + 1;
    const args = ['complete', ...at, '--column', String(column), '--stdin', '--no-model'];
    const report = await scratch.json<CompletionReport>(args, { stdin });
    assert.match(report.completions[0]?.text ?? '', /^findEntry\(/);
    assert.equal(report.completions[0]?.range.start.column, column);
    assert.equal(scratch.text('src/ship.ts'), begun, 'nothing is written');
  });

  it('keeps the line endings and the tabs of the file', async () => {
    const stdin = begun.replaceAll('\n', '\r\n').replace('  const', '\tconst');
    const report = await scratch.json<CompletionReport>(['complete', ...at, '--stdin', '--no-model'], { stdin });
    assert.match(report.completions[0]?.text ?? '', /^findEntry\(/);
    const block = report.completions.find(({ text }) => text.includes('\n'))?.text ?? '';
    assert.match(block, /;\r\n\tif \(found === undefined\)/);
    assert.doesNotMatch(block, /[^\r]\n|\n {2}/);
  });

  it('goes on beside text from right to left', async () => {
    const stdin = begun.replace('  const', "  // שלום עולם\n  const name = 'שלום'; const");
    const args = ['complete', 'src/ship.ts', '--line', '5', '--stdin', '--no-model'];
    const report = await scratch.json<CompletionReport>(args, { stdin });
    assert.match(report.completions[0]?.text ?? '', /^findEntry/);
  });

  it('answers in a file of a hundred thousand lines', async () => {
    const one = (n: number) =>
      `def load_${n}(path):\n    with open(path) as handle:\n        return json.load(handle)\n\n`;
    const lines = `import json\n\n${Array.from({ length: 25_000 }, (_, n) => one(n)).join('')}`.split('\n');
    lines[50_004 - 2] = 'def load_again(path):\n    with open(path) as handle:\n        return json.';
    const stdin = lines.join('\n');
    const line = String(stdin.slice(0, stdin.indexOf('return json.\n')).split('\n').length);
    const args = ['complete', 'src/large.py', '--line', line, '--stdin', '--no-model'];
    scratch.write({ 'src/large.py': '' });
    const report = await scratch.json<CompletionReport>(args, { stdin });
    assert.match(report.completions[0]?.text ?? '', /^load\(/);
  });

  it('says why where it has nothing', async () => {
    const stdin = 'export const unheard = quux + ';
    const report = await scratch.json<CompletionReport>(
      ['complete', 'src/ship.ts', '--line', '1', '--stdin', '--no-model'],
      {
        stdin,
      },
    );
    assert.deepEqual(report.completions, []);
    assert.equal(report.why, 'Nothing in the repository is likely enough to follow here.');
    const unanswered = await scratch.json<CompletionReport>(
      ['complete', 'src/ship.ts', '--line', '1', '--stdin', '--endpoint', NOWHERE],
      { stdin },
    );
    assert.equal(unanswered.why, 'Nothing in the repository is likely enough to follow here, and no model answered.');
  });

  it('answers from the repository where no server does, and says so', async () => {
    const run = await scratch.run(['complete', ...at, '--endpoint', NOWHERE]);
    assert.equal(run.code, 0);
    assert.match(run.stdout, /findEntry\(/);
    assert.match(run.stderr, /127\.0\.0\.1:65533.*repository answers/s);
  });

  it('fails where a model was asked for by name, with what to do', async () => {
    const run = await scratch.run(['complete', ...at, '--model', 'qwen2.5-coder:7b'], {
      env: { OLLAMA_HOST: NOWHERE },
    });
    assert.equal(run.code, 3);
    assert.equal(run.stdout, '');
    assert.match(run.stderr, /127\.0\.0\.1:65533/);
    assert.match(run.stderr, /ollama serve|host\.docker\.internal/);
  });

  it('refuses what makes no sense', async () => {
    for (const args of [
      ['complete', 'src/ship.ts'],
      ['complete', 'src/ship.ts', '--line', '0'],
      ['complete', 'src/ship.ts', '--line', '99', '--no-model'],
      ['complete', ...at, '--no-model', '--model', 'x'],
      ['complete', ...at, '--endpoint', 'ftp://x'],
      ['complete', 'src/none.ts', '--line', '1', '--no-model'],
    ]) {
      const run = await scratch.run(args);
      assert.equal(run.code, 2, `${args.join(' ')}: ${run.stderr}`);
      assert.ok(run.stderr.length > 20);
    }
  });
});
