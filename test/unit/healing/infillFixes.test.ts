/** The fix source of last resort: which statement it masks, what it takes for a repair, and when it is silent. */
import { strict as assert } from 'node:assert';
import { cancelled } from '../../../src/base/errors.ts';
import type { Diagnostic } from '../../../src/core/healing/diagnostic.ts';
import { InfillFixes } from '../../../src/core/healing/infillFixes.ts';
import type { InfillCandidate, InfillReport, InfillRequest } from '../../../src/core/infill/infill.ts';
import { factsOf, parser } from '../syntax/parserFixture.ts';

const TEXT = `def read(db, day):
    with db:
        rows = db.fetch_all(QUERY, day.isoformat(
    return [row for row in rows]
`;
const BROKEN = 'rows = db.fetch_all(QUERY, day.isoformat(';

function problem(line: number, column: number, category: Diagnostic['category'] = 'syntax'): Diagnostic {
  const at = { line, column, endLine: line, endColumn: column + 1 };
  return { path: 'a.py', ...at, code: 'E', category, severity: 'error', message: '', tool: 'python' };
}

function candidate(text: string, confidence: number): InfillCandidate {
  return { text, confidence, source: 'copy', from: 'b.py:3', parses: true, risk: 0 } as unknown as InfillCandidate;
}

function source(answers: readonly InfillCandidate[], isThere = true) {
  const asked: InfillRequest[] = [];
  const fixes = new InfillFixes({
    parser: () => parser,
    facts: (_path, text) => factsOf('python', text),
    available: async () => isThere,
    infill: async (request, { signal }) => {
      asked.push(request);
      if (signal?.aborted) throw cancelled();
      return { candidates: answers } as unknown as InfillReport;
    },
  });
  const propose = (text: string, diagnostics: readonly Diagnostic[], signal?: AbortSignal) =>
    fixes.propose(
      {
        ...{ snapshot: { root: '/', overlay: new Map() }, path: 'a.py', text, language: 'python', diagnostics },
        proceed: async () => true,
      },
      signal ? { signal } : {},
    );
  return { asked, propose };
}

describe('statements written anew as fixes', () => {
  it('are asked for as a hole in a file that parses, and answer the diagnostic', async () => {
    const { asked, propose } = source([candidate(`${BROKEN}))`, 0.8)]);
    const [fix, ...others] = await propose(TEXT, [problem(3, 49)]);
    assert.deepEqual(others, []);
    const [request] = asked;
    assert.equal(request?.text, TEXT.replace(BROKEN, ''));
    assert.deepEqual(request?.range, { start: TEXT.indexOf(BROKEN), end: TEXT.indexOf(BROKEN) });
    assert.equal((await factsOf('python', request?.text ?? '')).functions.length, 1);
    const [edit] = fix?.edits['a.py'] ?? [];
    assert.ok(edit);
    assert.equal(TEXT.slice(0, edit.start) + edit.newText + TEXT.slice(edit.end), TEXT.replace(BROKEN, `${BROKEN}))`));
    assert.equal(fix?.answers, 'python:E:3:49');
    assert.equal(fix?.confidence, 0.8);
    assert.equal(fix?.fromTool, false);
  });

  it('are the smallest statement where the file parses', async () => {
    const text = 'def f(a):\n    if a:\n        b = undefned(a)\n    return b\n';
    const { asked, propose } = source([]);
    await propose(text, [problem(3, 13, 'undefined variable')]);
    assert.equal(asked[0]?.text, text.replace('b = undefned(a)', ''));
  });

  it('are no repair where hardly anything of the statement is left, or nothing changed', async () => {
    const { propose } = source([candidate('return None', 0.9), candidate(BROKEN, 0.9)]);
    assert.deepEqual(await propose(TEXT, [problem(3, 49)]), []);
  });

  it('are not asked for without a denoiser, for long lines, nor for more than three statements', async () => {
    const without = source([], false);
    await without.propose(TEXT, [problem(3, 49)]);
    assert.deepEqual(without.asked, []);
    const long = source([]);
    await long.propose(`x = [${'1, '.repeat(40)}\n`, [problem(1, 2)]);
    assert.deepEqual(long.asked, []);
    const many = source([]);
    const lines = Array.from({ length: 8 }, (_, i) => `name${i} = other${i} + 1`);
    await many.propose(
      `${lines.join('\n')}\n`,
      lines.map((_, i) => problem(i + 1, 9)),
    );
    assert.equal(many.asked.length, 3);
  });

  it('are asked for first where the text does not parse, and last for packages that are not there', async () => {
    const { asked, propose } = source([]);
    const text = 'import a.b\nc = undefned(a)\nd = = c + 1\n';
    await propose(text, [problem(1, 8, 'missing import'), problem(2, 5, 'undefined variable'), problem(3, 5)]);
    const left = ['d = = c + 1', 'c = undefned(a)', 'import a.b'].map((statement) => text.replace(statement, ''));
    assert.deepEqual(
      asked.map((request) => request.text),
      left,
    );
  });

  it('end with whoever gives up', async () => {
    const controller = new AbortController();
    controller.abort();
    await assert.rejects(source([]).propose(TEXT, [problem(3, 49)], controller.signal), { code: 'cancelled' });
  });
});
