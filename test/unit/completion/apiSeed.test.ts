/** Seeds with pressure, hit rates, and the metrics of code lift. */
import { strict as assert } from 'node:assert';
import { hitRate, pressed } from '../../../src/core/completion/apiSeed.ts';
import { codeLift } from '../../../src/core/completion/codeLift.ts';

const place = (prefix: string) => ({ path: 'a.ts', language: 'typescript', prefix, suffix: '' }) as const;
const expected = [
  { name: 'findEntry', call: 'ledger.findEntry({ id })' },
  { name: 'MissingEntry', call: 'new MissingEntry(id)' },
];

describe('api seeds', () => {
  const about = { seed: '// uses findEntry()', expected, lineComment: '//', place: place('{\n  ') };

  it('presses harder each time', () => {
    assert.deepEqual(pressed(0, about), { seed: '// uses findEntry()', begun: '' });
    const firm = '// call ledger.findEntry({ id }) and then new MissingEntry(id)';
    assert.deepEqual(pressed(1, about), { seed: firm, begun: '' });
    assert.deepEqual(pressed(2, about), { seed: firm, begun: 'ledger.findEntry(' });
  });

  it('has nothing to add without calls, and begins no answer in the middle of a line', () => {
    assert.equal(pressed(1, { ...about, expected: [] }), undefined);
    assert.equal(pressed(2, { ...about, place: place('{\n  return ') }), undefined);
    assert.equal(pressed(2, { ...about, expected: expected.slice(1) }), undefined, 'no call that is a plain path');
    assert.equal(pressed(2, { ...about, expected: expected.toReversed() })?.begun, 'ledger.findEntry(');
  });

  it('measures a text by as many calls as it has room for', () => {
    const names = ['findEntry', 'MissingEntry', 'report'];
    assert.equal(hitRate('ledger.findEntry({ id });', names, true), 1);
    assert.equal(hitRate('other(id);', names, true), 0);
    assert.equal(hitRate('id', names, true), null, 'nothing could be hit');
    assert.equal(hitRate('const a = b;\nreturn a;', names, false), 0);
    assert.equal(hitRate('const a = findEntry(b);\nother(a);', names, false), 0.5);
    assert.equal(hitRate('findEntry(x)', [], false), null);
  });
});

describe('code lift', () => {
  it('counts expected APIs, attractors and their terms', () => {
    const lift = codeLift(
      'const found = await ledger.findEntry({ id });',
      ['findEntry', 'MissingEntry'],
      [{ apis: ['./ledger.findEntry', 'errors.MissingEntry'] }, { apis: ['log.warn'] }],
    );
    assert.deepEqual(lift.hits, ['findEntry']);
    assert.equal(lift.apiHitRate, 0.5);
    assert.equal(lift.attractors, 2);
    assert.equal(lift.attractorsUsed, 1);
    // find, entry of find, entry, missing, warn
    assert.equal(lift.conceptShare, 0.5);
  });

  it('has no rate where nothing is expected', () => {
    const lift = codeLift('x', [], []);
    assert.equal(lift.apiHitRate, null);
    assert.equal(lift.conceptShare, null);
  });
});
