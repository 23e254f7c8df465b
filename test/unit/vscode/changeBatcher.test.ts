/** File events become batches, and only those that concern mining. */
import { strict as assert } from 'node:assert';
import { type Batch, ChangeBatcher } from '../../../src/vscode/mining/changeBatcher.ts';
import { relevanceOf } from '../../../src/vscode/mining/relevance.ts';
import { Clock } from './clock.ts';

describe('ChangeBatcher', () => {
  const setUp = () => {
    const clock = new Clock();
    const batches: Batch[] = [];
    return { clock, batches, batcher: new ChangeBatcher((batch) => batches.push(batch), 500, clock) };
  };

  it('makes one batch of a branch switch: thousands of events without half a second of quiet', () => {
    const { clock, batches, batcher } = setUp();
    for (let index = 0; index < 3000; index++) {
      batcher.add(`src/${index}.ts`, index % 3 ? 'changed' : 'deleted');
      clock.advance(1);
    }
    assert.equal(batches.length, 0);
    clock.advance(500);
    assert.equal(batches.length, 1);
    assert.equal(batches[0]?.changes.length, 3000);
  });

  it('keeps the last event of a path and sorts by path', () => {
    const { clock, batches, batcher } = setUp();
    batcher.add('b.ts', 'deleted');
    batcher.add('a.ts', 'changed');
    batcher.add('b.ts', 'changed');
    clock.advance(500);
    assert.deepEqual(batches, [
      {
        changes: [
          { path: 'a.ts', kind: 'changed' },
          { path: 'b.ts', kind: 'changed' },
        ],
        reconcile: false,
      },
    ]);
  });

  it('asks for a reconciliation once, and forgets it afterwards', () => {
    const { clock, batches, batcher } = setUp();
    batcher.addReconcile();
    batcher.addReconcile();
    clock.advance(500);
    batcher.add('a.ts', 'changed');
    clock.advance(500);
    assert.deepEqual(
      batches.map(({ reconcile }) => reconcile),
      [true, false],
    );
  });

  it('is silent after it was disposed', () => {
    const { clock, batches, batcher } = setUp();
    batcher.add('a.ts', 'changed');
    batcher.dispose();
    clock.advance(1000);
    assert.deepEqual(batches, []);
  });
});

describe('relevanceOf', () => {
  const extensions = new Set(['.ts', '.py']);
  const cases: [string, string][] = [
    ['src/a.ts', 'file'],
    ['package.json', 'file'],
    ['service/requirements-dev.txt', 'file'],
    ['.gitignore', 'reconcile'],
    ['deep/.lodestoneignore', 'reconcile'],
    ['src/folder', 'folder?'],
    ['README.md', 'none'],
    ['node_modules/x/index.ts', 'none'],
    ['.git/index', 'none'],
    ['.venv/lib/a.py', 'none'],
  ];
  for (const [path, expected] of cases)
    it(`${path}: ${expected}`, () => assert.equal(relevanceOf(path, extensions), expected));
});
