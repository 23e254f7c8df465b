/** The reasoner on real trees: words, names, traces and quoted messages lead to the function that is meant, and it says why. */
import { strict as assert } from 'node:assert';
import { LodestoneError } from '../../../../src/base/errors.ts';
import { digestFile, type FileDigest } from '../../../../src/core/infill/reasoner/digest.ts';
import { readIssue, stem } from '../../../../src/core/infill/reasoner/issue.ts';
import { type IssuePlan, planIssue } from '../../../../src/core/infill/reasoner/reasoner.ts';
import type { LanguageId } from '../../../../src/core/languages.ts';
import { factsOf } from '../../syntax/parserFixture.ts';

const FILES: Readonly<Record<string, readonly [LanguageId, string]>> = {
  'src/ledger.py': [
    'python',
    `class Ledger:
    def total(self, entries):
        """Sum of all amounts, rounded to cents."""
        return round(sum(entries), 2)

    def close(self, month):
        if month in self.closed:
            raise ValueError(f"month {month} is closed already")
        self.closed.add(month)
`,
  ],
  'src/currency.py': [
    'python',
    `def convert(amount, rate):
    """Converts an amount into another currency."""
    return amount * rate

def format_money(amount):
    return f"{amount:.2f}"
`,
  ],
  'tests/test_ledger.py': [
    'python',
    `def test_total_of_rounded_amounts():
    assert Ledger().total([1.005, 2.005]) == 3.01
`,
  ],
  'web/session.ts': [
    'typescript',
    `export class Session {
  /** Refreshes the token before it expires. */
  async refreshToken(now: number): Promise<void> {
    if (this.expires > now) return;
    await this.login();
  }

  async login(): Promise<void> {
    throw new Error('invalid credentials for user');
  }
}
`,
  ],
};

let digests: FileDigest[];
const known = { attractors: [], deviants: [] };
const languageOf = (path: string) => FILES[path]?.[0];

function plans(issue: string, limit = 3): readonly IssuePlan[] {
  return planIssue({ issue, limit }, digests, known, languageOf).plans;
}

function leads(issue: string, symbol: string, why: RegExp): void {
  const [first] = plans(issue);
  assert.ok(first, issue);
  assert.equal(first.target.symbol, symbol, `${issue}: ${first.target.symbol}: ${first.rationale}`);
  assert.match(first.rationale, why);
}

describe('the reasoner', () => {
  before(async () => {
    digests = await Promise.all(
      Object.entries(FILES).map(async ([path, [language, text]]) =>
        digestFile(path, await factsOf(language, text), text),
      ),
    );
  });

  it('finds what is meant by words, whatever their endings', () => {
    leads('Rounding of sums is off by one cent', 'Ledger.total', /"round|"sum|"cent/);
    leads('Tokens are not refreshed when they have expired', 'Session.refreshToken', /"refresh|"token/);
    leads('Converting between currencies is wrong', 'convert', /"convert|"currenc/);
  });

  it('shows the words as they are written, and none twice', () => {
    leads('The session expires', 'Session.refreshToken', /"expires"/);
    leads('`login` is slow', 'Session.login', /it says `login`/i);
    assert.doesNotMatch(plans('`login` is slow')[0]?.rationale ?? '', /"login"/);
  });

  it('finds it by name, by a line of a trace, and by a quoted message', () => {
    leads('`format_money` shows three digits', 'format_money', /names `format_money`/);
    leads(
      'It crashes\n  File "src/currency.py", line 3, in convert\nTypeError: bad operand',
      'convert',
      /line 3 of a trace/i,
    );
    leads('Crash\n    at Object.<anonymous> (/home/x/app/web/session.ts:9:11)', 'Session.login', /line 9 of a trace/i);
    leads('I get "month 3 is closed already" on the first of May', 'Ledger.close', /quoted message at line 8/);
    leads('panic: Error: invalid credentials for user', 'Session.login', /message/);
  });

  it('prefers code to its tests, unless the issue is about tests', () => {
    const order = plans('total of rounded amounts', 4).map(({ target }) => target.symbol);
    assert.equal(order[0], 'Ledger.total');
    leads('The test test_total_of_rounded_amounts fails', 'test_total_of_rounded_amounts', /names/);
  });

  it('makes plans that the Builder takes, the likeliest with the highest priority', () => {
    const issue = 'Rounding is wrong\n\nledger.total returns 3.00 for 1.005 and 2.005.';
    const all = plans(issue);
    assert.deepEqual(
      all.map(({ priority }) => priority),
      all.map((_, at) => all.length - at),
    );
    const [first] = all;
    assert.equal(first?.filePath, 'src/ledger.py');
    assert.deepEqual(first?.editTargets, [{ name: 'Ledger.total', line: 2 }]);
    assert.equal(first?.intent, 'Rounding is wrong');
    assert.match(first?.condition ?? '', /^ledger\.total returns/);
    assert.equal(first?.language, 'python');
    assert.ok(all.every(({ score }) => score > 0 && score < 1));
  });

  it('takes what mining knows: where something is done, and where it is done unlike elsewhere', () => {
    const site = { path: 'src/currency.py', line: 6, endLine: 6, text: 'x' };
    const rule = {
      id: 'd',
      rule: 'the result of `format_money` is localised',
      apis: ['format_money'],
      kept: 12,
      broken: 1,
    };
    const deviant = { ...rule, language: 'python' as const, confidence: 0.9, sites: [site], example: site };
    const issue = 'Money is not localised';
    const { plans: found } = planIssue({ issue }, digests, { attractors: [], deviants: [deviant] }, languageOf);
    assert.match(found[0]?.rationale ?? '', /breaks "the result of `format_money` is localised", which 12 others keep/);
  });

  it('gives the same order whatever the order of the files, and nothing for what nobody speaks of', () => {
    const issue = 'amounts are rounded twice';
    const one = plans(issue, 50);
    digests.reverse();
    assert.deepEqual(plans(issue, 50), one);
    assert.deepEqual(plans('zebra crossing'), []);
    for (const empty of ['', '  \n', 'fix the bug']) assert.throws(() => plans(empty), LodestoneError);
  });

  it('reads an issue', () => {
    const issue = readIssue('Fix `load_order`\r\n\r\nSee src\\a.ts:12 and lib/b.py and "no such order here"');
    assert.equal(issue.title, 'Fix `load_order`');
    assert.ok(issue.names.has('load_order'));
    assert.deepEqual(issue.places, [{ path: 'src/a.ts', line: 12 }, { path: 'lib/b.py' }]);
    assert.deepEqual(issue.messages, ['no such order here']);
    assert.equal(stem('validating'), stem('validation'));
    for (const long of ['x', 'a/', 'a.', '`', 'at a', ' (', '{']) {
      const begun = performance.now();
      assert.ok(readIssue(long.repeat(100_000)).text.length < 20_000);
      assert.ok(performance.now() - begun < 1000, `${long} takes ${performance.now() - begun} ms`);
    }
  });
});
