/** The automaton over brackets with gaps, held against a search through all fillings. */
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { canMatch } from '../../../src/core/infill/brackets.ts';

const matches = (text: string): boolean => canMatch([text]);

describe('brackets with gaps', () => {
  it('knows whole texts', () => {
    for (const text of ['', 'f(a[0], {b})', '"("', "'\\'('", 'a`{`', '()[]{}']) assert.ok(matches(text), text);
    for (const text of ['(', ')', '(]', 'f(a[0)', '{"}"', '([)]']) assert.ok(!matches(text), text);
  });

  it('lets a gap hold what is missing, and nothing that came too late', () => {
    assert.ok(canMatch(['f(', undefined]));
    assert.ok(canMatch([undefined, ')']));
    assert.ok(canMatch(['(', undefined, ']', undefined]));
    assert.ok(!canMatch([undefined, '(']));
    assert.ok(!canMatch([')', undefined]));
    assert.ok(!canMatch(['(]', undefined]));
  });

  it('owes closers to what stands before', () => {
    assert.ok(canMatch([')}'], ['}', ')']));
    assert.ok(!canMatch(['})'], ['}', ')']));
    assert.ok(!canMatch(['a'], [')']));
    assert.ok(canMatch([undefined], [')']));
  });

  it('never refuses what some filling makes right', () => {
    const fillings = ['', '(', ')', '[', ']', '()', ')(', '](', ')[', '])', '((', '))'];
    const pieces = fc.array(fc.option(fc.constantFrom('(', ')', '[', ']', 'a'), { nil: undefined }), { maxLength: 6 });
    fc.assert(
      fc.property(pieces, (given) => {
        const possible = (at: number, text: string): boolean => {
          if (at === given.length) return matches(text);
          const piece = given[at];
          return piece === undefined
            ? fillings.some((each) => possible(at + 1, text + each))
            : possible(at + 1, text + piece);
        };
        if (given.filter((piece) => piece === undefined).length <= 3 && possible(0, ''))
          assert.ok(canMatch(given), JSON.stringify(given));
      }),
      { numRuns: 300 },
    );
  });
});
