/** Contexts that stay the same while one function is being written. */
import { strict as assert } from 'node:assert';
import { offsetBefore, PinnedContexts } from '../../../src/core/completion/pinnedContexts.ts';
import type { ContextInput, ContextProvider } from '../../../src/core/retrieval/contextProvider.ts';
import type { FileFacts } from '../../../src/core/syntax/facts.ts';

const TEXT = 'function one() {\n  a();\n}\nfunction two() {\n  b();\n}\n';

function facts(): FileFacts {
  const functions = ['one', 'two'].map((name) => {
    const start = TEXT.indexOf(`function ${name}`);
    return { name, container: '', start, end: TEXT.indexOf('}', start) + 1 };
  });
  return { functions, imports: [] } as unknown as FileFacts;
}

/** Answers with the number of the question, and remembers where it was asked. */
function counting(): { provider: ContextProvider; asked: ContextInput[] } {
  const asked: ContextInput[] = [];
  const provider: ContextProvider = {
    context(input) {
      asked.push(input);
      const n = String(asked.length);
      return { considerBlock: `block ${n}`, bytes: 7, seed: `seed ${n}`, apis: [], attractors: [] };
    },
    rank: () => [],
  };
  return { provider, asked };
}

const file = { path: 'a.ts', language: 'typescript' } as const;

describe('pinned contexts', () => {
  const known = { text: TEXT, facts: facts() };
  const at = (pins: PinnedContexts, now: string, mark: string) =>
    pins.at(file, known, now, now.indexOf(mark) + 1).context;

  it('keeps the block while a line is typed and lines are added, the seed while the line is the same', () => {
    const { provider, asked } = counting();
    const pins = new PinnedContexts(provider);
    const first = at(pins, TEXT, 'a()');
    assert.deepEqual([first.considerBlock, first.seed], ['block 1', 'seed 1']);
    assert.deepEqual(at(pins, TEXT.replace('a()', 'a(x, y)'), 'a('), first);
    assert.equal(asked.length, 1);
    const below = at(pins, TEXT.replace('a();', 'a();\n  n'), 'n\n');
    assert.deepEqual([below.considerBlock, below.seed], ['block 1', 'seed 2']);
  });

  it('chooses anew in another function, and when it is released', () => {
    const { provider } = counting();
    const pins = new PinnedContexts(provider);
    at(pins, TEXT, 'a()');
    assert.equal(at(pins, TEXT, 'b()').considerBlock, 'block 2');
    pins.release('a.ts');
    assert.equal(at(pins, TEXT, 'b()').considerBlock, 'block 3');
  });

  it('asks about the analysed text where the buffer has moved on', () => {
    const { provider, asked } = counting();
    const now = `// new\n// lines\n${TEXT}`;
    const { routine, around } = new PinnedContexts(provider).at(file, known, now, now.indexOf('b()'));
    assert.equal(routine?.name, 'two');
    assert.equal(asked[0]?.text, TEXT);
    assert.equal(asked[0]?.line, 5);
    assert.equal(around, 'function two() {\n  ');
  });

  it('finds the place that an offset stood for', () => {
    assert.equal(offsetBefore('abc', 'abc', 2), 2);
    assert.equal(offsetBefore('abef', 'abXYef', 1), 1);
    assert.equal(offsetBefore('abef', 'abXYef', 3), 2, 'within what is new');
    assert.equal(offsetBefore('abef', 'abXYef', 5), 3);
    assert.equal(offsetBefore('aaa', 'aaaa', 4), 3);
    assert.equal(offsetBefore('abXYef', 'abef', 3), 5);
  });
});
