/** What the terminal says of a hole. */
import { strict as assert } from 'node:assert';
import { printInfill } from '../../../src/cli/printers/infill.ts';
import type { InfillCandidate, InfillReport } from '../../../src/core/infill/infill.ts';

describe('an infill report in the terminal', () => {
  it('tells of what is not shown how sure it is, who says it, and whether it parses', () => {
    const withheld = [
      { text: 'return a;', confidence: 0.14, source: 'copy', parses: true },
      { text: 'for (const a of b) {\n  f(a);', confidence: 0.02, source: 'kin', parses: false },
    ] as readonly Partial<InfillCandidate>[] as InfillReport['withheld'];
    const why = 'The surest candidate is right with 14 %; below 17 % none is shown.';
    const report = { candidates: [], withheld, fallback: null, why } as unknown as InfillReport;
    assert.deepEqual(printInfill(report, false).trimEnd().split('\n'), [
      why,
      'Not sure enough to be shown; --threshold 0 shows them:',
      '  14 % copy: return a;',
      '  2 % kin, does not parse: for (const a of b) {   f(a);',
    ]);
  });
});
