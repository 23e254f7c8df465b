/** What became of a suggestion, as far as an editor tells. */
import { strict as assert } from 'node:assert';
import type { CompletionOutcome } from '../../../../src/core/completion/completion.ts';
import { Acceptance } from '../../../../src/core/completion/session/acceptance.ts';
import { TestClock } from './sessionClock.ts';

describe('acceptance', () => {
  let clock: TestClock;
  let told: CompletionOutcome[];
  let acceptance: Acceptance;
  beforeEach(() => {
    clock = new TestClock();
    told = [];
    acceptance = new Acceptance(clock, (outcome, document) => {
      assert.equal(document, 'a');
      told.push(outcome);
    });
  });
  const show = (id: string, offset: number, text: string) => acceptance.shown({ id, document: 'a', offset, text });
  const change = (offset: number, text: string, removed = 0) =>
    acceptance.changed({ document: 'a', offset, removed, text });

  it('takes the command for the whole, once', async () => {
    show('1', 10, 'find(id)');
    change(10, 'find(id)');
    acceptance.accepted('1', 'a', 8);
    await clock.advance(10_000);
    assert.deepEqual(told, [{ id: '1', kept: 'whole', characters: 8 }]);
  });

  it('counts words that were accepted one by one', async () => {
    show('1', 10, 'find(id) ?? fallback');
    change(10, 'find');
    show('1', 14, '(id) ?? fallback');
    change(14, '(id)');
    acceptance.cursorAt('a', 3);
    await clock.advance(10_000);
    assert.deepEqual(told, [{ id: '1', kept: 'part', characters: 8 }]);
  });

  it('does not take what was typed for something that was accepted', async () => {
    show('1', 10, 'find\r\n    (😀)');
    for (const [offset, text] of [
      [10, 'f'],
      [11, 'i'],
      [12, 'n'],
      [13, 'd'],
      [14, '\r\n    '],
      [20, '('],
      [21, '😀'],
    ] as const)
      change(offset, text);
    acceptance.cursorAt('a', 0);
    await clock.advance(10_000);
    assert.deepEqual(told, [{ id: '1', kept: 'none', characters: 0 }]);
  });

  it('takes back what was deleted again', async () => {
    show('1', 0, 'one two three');
    change(0, 'one two');
    change(3, '', 4);
    change(9, 'elsewhere');
    await clock.advance(10_000);
    assert.deepEqual(told, [{ id: '1', kept: 'part', characters: 3 }]);
  });

  it('tells of one suggestion when the next is shown, and of a whole that came in pieces', async () => {
    show('1', 0, 'one two');
    change(0, 'one');
    change(3, ' two');
    show('2', 7, ';');
    await clock.advance(10_000);
    show('3', 8, 'x');
    await clock.advance(10_000);
    assert.deepEqual(told, [
      { id: '1', kept: 'whole', characters: 7 },
      { id: '2', kept: 'none', characters: 0 },
    ]);
  });

  it('goes on with a suggestion whose rest is offered again', async () => {
    show('1', 0, 'call(a)');
    change(0, 'call');
    change(4, '()');
    show('1', 5, 'a)');
    acceptance.accepted('1', 'a', 2);
    await clock.advance(10_000);
    assert.deepEqual(told, [{ id: '1', kept: 'whole', characters: 4 }]);
  });
});
