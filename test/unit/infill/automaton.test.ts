/** The automaton over brackets with gaps, held against a search through all fillings. */
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { Automaton, bracketsPerToken } from '../../../src/core/infill/automaton.ts';
import type { LanguageId } from '../../../src/core/languages.ts';

const canMatch = (
  pieces: readonly (string | undefined)[],
  open: readonly string[] = [],
  closers: readonly string[] = [],
  language: LanguageId = 'typescript',
): boolean => new Automaton(language, { open, closers, inside: '' }).canBecome(pieces);

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

  it('brings openers for closers behind it', () => {
    assert.ok(canMatch(['f(', undefined], [], [')']));
    assert.ok(!canMatch(['f()'], [], [')']));
    assert.ok(canMatch([') {'], [')'], ['}']));
    assert.ok(canMatch(['a(['], [], [']', ')']));
    assert.ok(!canMatch(['a([]'], [], [']', ')']));
  });

  it('leaves no more open than the gaps have room for', () => {
    const can = (room: number, ...pieces: (string | undefined)[]) =>
      new Automaton('go', { open: [')'], closers: [], inside: '' }, room).canBecome(pieces);
    assert.ok(can(1, 'f(', undefined, undefined));
    assert.ok(!can(1, 'f(', undefined));
    assert.ok(can(2, 'f(', undefined));
    assert.ok(!can(1, undefined, ')))'));
    assert.ok(can(1, undefined, '))'));
    assert.equal(
      bracketsPerToken((text) => [...text].map(() => 1)),
      1,
    );
    assert.equal(
      bracketsPerToken((text) => (text === '})' ? [1] : [...text].map(() => 1))),
      2,
    );
  });

  it('knows the strings and comments of each language', () => {
    const right: [LanguageId, string][] = [
      ['rust', "fn first<'a>(text: &'a str) -> &'a str { text }"],
      ['rust', "let bracket = '('; let quote = '\\'';"],
      ['rust', 'let text = "two\nlines";'],
      ['python', 'x = """(\n"""  # it\'s ('],
      ['go', "x := `(\n`; r := '{' // don't ("],
      ['typescript', "x.replace(/[(]/g, '') / 2 /* ( */"],
      ['typescript', "// it's (\nf()"],
      ['tsx', "<p>don't</p>"],
      ['javascript', 'a = b / c; d = e / (f)'],
    ];
    for (const [language, text] of right) assert.ok(canMatch([text], [], [], language), `${language}: ${text}`);
    const wrong: [LanguageId, string][] = [
      ['typescript', 'x = "two\nlines"'],
      ['typescript', 'x = "'],
      ['python', "x = 'a\n'"],
      ['python', 'x = """a'],
      ['go', 'x := "a\n"'],
      ['rust', "x = f('(';"],
      ['typescript', 'f( // )\n'],
    ];
    for (const [language, text] of wrong) assert.ok(!canMatch([text], [], [], language), `${language}: ${text}`);
  });

  it('lets a string end in a gap, or go on behind it', () => {
    assert.ok(canMatch(['x = "a', undefined, '" + f(', undefined]));
    assert.ok(canMatch(['f("(', undefined, ')']));
    assert.ok(canMatch(['f("', undefined, ')")']));
    assert.ok(!canMatch(['"a', undefined, '"b', undefined, '(\n"c']));
  });

  it('stays in the string that the hole stands in', () => {
    const inside = (quote: "'" | '`', ...pieces: (string | undefined)[]) =>
      new Automaton('typescript', { open: [], closers: [], inside: quote }).canBecome(pieces);
    assert.ok(inside("'", 'a (', undefined, "\\'"));
    assert.ok(!inside("'", "a'"));
    assert.ok(!inside("'", 'a\n'));
    assert.ok(inside('`', 'a\n('));
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
