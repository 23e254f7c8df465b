/** The line of calls: what is written together, and when a receiver is worth its bytes. */
import { strict as assert } from 'node:assert';
import type { RankedApi } from '../../../src/core/retrieval/apiForms.ts';
import { callsLine } from '../../../src/core/retrieval/callLines.ts';

function apis(...calls: readonly (readonly [string, number])[]): RankedApi[] {
  return calls.map(([call, probability]) => ({
    name: /([\w$]+)[^\w$]*$/.exec(call)?.[1] as string,
    probability,
    call,
    isCommonplace: false,
    signature: '',
    path: '',
  }));
}

describe('the line of calls', () => {
  it('puts together what begins and ends alike, and keeps apart what does not', () => {
    const ranked = apis(
      ['parse()', 0.9],
      ['format()', 0.9],
      ['println!()', 0.2],
      ['new Map()', 0.2],
      ['new Set()', 0.15],
      ['new row()', 0.12],
      ['<Button>', 0.1],
      ['<Icon>', 0.1],
      ['@cached', 0.02],
    );
    assert.equal(
      callsLine(ranked, '//', 1000, 1536),
      '// calls: format,parse,Map,Set,println! <Button,Icon> new row @cached',
    );
  });

  it('names a receiver where its calls are likely for its length, else the member alone', () => {
    const ranked = apis(['res.json()', 0.6], ['res.status()', 0.5], ['registry.lookup()', 0.01], ['Arc::new()', 0.01]);
    assert.equal(callsLine(ranked, '//', 290, 300), '// calls: .json,status,lookup ::new');
    const likely = apis(
      ...['lookup', 'drop', 'find', 'save', 'update', 'insert', 'count', 'each'].map(
        (name) => [`tx.${name}()`, 0.9] as const,
      ),
      ['registry.all()', 0.9],
    );
    assert.equal(callsLine(likely, '#', 290, 300), '# calls: .all tx.count,drop,each,find,insert,lookup,save,update');
  });

  it('writes what is unlikely with its receiver where the block is large', () => {
    const ranked = apis(['res.json()', 0.3]);
    assert.equal(callsLine(ranked, '//', 290, 300), '// calls: .json');
    assert.equal(callsLine(ranked, '//', 1500, 1536), '// calls: res.json');
  });

  it('keeps within its bytes and leaves out what says nothing', () => {
    const many = apis(...Array.from({ length: 60 }, (_, i) => [`db.find${i}()`, 0.9 - i / 100] as const));
    for (const bytes of [12, 30, 77, 200]) {
      const line = callsLine(many, '//', bytes, bytes);
      assert.ok(line.length <= bytes && (bytes < 30 || line.length > bytes - 8), line);
    }
    assert.equal(callsLine(apis(['', 0.9]), '//', 100, 300), '');
  });
});
