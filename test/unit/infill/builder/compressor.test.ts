/** The context compressor on real trees: what a target calls, its types, its class, who calls it; the same each time, within the budget. */
import { strict as assert } from 'node:assert';
import { compressContext, type KnownFile } from '../../../../src/core/infill/builder/compressor.ts';
import type { LanguageId } from '../../../../src/core/languages.ts';
import { factsOf } from '../../syntax/parserFixture.ts';

const FILES: Readonly<Record<string, string>> = {
  'src/ledger.py': `class Ledger:
    rate: float

    def __init__(self, rate):
        self.rate = rate

    def add(self, entry: Entry) -> None:
        self.entries.append(entry)

    def total(self, since: Day) -> Money:
        return summed(self.entries, since)
`,
  'src/sums.py': `def summed(entries, since):
    return sum(e.amount for e in entries if e.day > since)
`,
  'src/money.py': `class Money:
    amount: int
    currency: str
`,
  'src/app.py': `from .ledger import Ledger

def report(ledger):
    return ledger.total(today())
`,
  'src/other.py': `def total(x):
    return x

def unrelated():
    return total(1)
`,
};

async function known(path: string, language: LanguageId = 'python'): Promise<KnownFile> {
  return { path, facts: await factsOf(language, FILES[path] as string) };
}

async function compressed(tokens: number, context = {}, order = Object.keys(FILES)): Promise<string> {
  const file = await known('src/ledger.py');
  const fact = file.facts.functions.find(({ name }) => name === 'total');
  assert.ok(fact);
  const others = await Promise.all(order.map((path) => known(path)));
  return compressContext({ file, spans: [fact.body], others, lineComment: '#', tokens }, context);
}

describe('the context compressor', () => {
  it('shows callees, types of the signature, the class, siblings and callers', async () => {
    const lines = (await compressed(400)).split('\n');
    assert.ok(lines[0]?.startsWith('def summed(entries, since)'), lines.join('\n'));
    const has = (text: string) =>
      assert.ok(
        lines.some((line) => line.includes(text)),
        `${text} in\n${lines.join('\n')}`,
      );
    has('class Money');
    has('amount: int');
    has('class Ledger');
    has('def add(self, entry: Entry)');
    has('# called by report in src/app.py');
    assert.ok(!lines.some((line) => line.includes('unrelated')), 'a caller of another total');
    assert.ok(!lines.some((line) => line.includes('def total(self')), 'the target itself');
  });

  it('keeps to the budget, the most telling first, whatever the order of the files', async () => {
    const whole = await compressed(400);
    assert.equal(await compressed(400, {}, Object.keys(FILES).reverse()), whole);
    for (const tokens of [0, 1, 12, 30]) {
      const text = await compressed(tokens);
      assert.ok(Buffer.byteLength(text) <= tokens * 3, `${tokens}: ${text}`);
    }
    assert.match(await compressed(12), /^def summed/);
  });

  it('shows what a plan asks for by name', async () => {
    assert.ok(!(await compressed(400)).includes('unrelated'));
    assert.match(await compressed(400, { dependencies: ['unrelated'] }), /def unrelated\(\)/);
  });
});
