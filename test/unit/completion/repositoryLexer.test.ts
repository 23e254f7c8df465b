/** The lexer of completion: nothing is lost, strings and comments are told apart, and line ends say what the indentation does. */
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { cellsOf, idOf, isLocalName } from '../../../src/core/completion/repository/cells.ts';
import {
  AFTER_BLANK,
  DEEPER,
  IN_TEXT,
  lex,
  OTHER_SPACE,
  SHALLOWER,
  SPACE_SHIFT,
  TokenKind,
} from '../../../src/core/completion/repository/lexer.ts';
import { Vocabulary } from '../../../src/core/completion/repository/vocabulary.ts';
import { LANGUAGE_IDS, type LanguageId } from '../../../src/core/languages.ts';

function tokens(
  text: string,
  language: LanguageId,
): { text: string; inText: boolean; kind: TokenKind; space: number; turn: number }[] {
  const { count, starts, ends, marks, turns } = lex(text, language);
  return Array.from({ length: count }, (_, i) => {
    const mark = marks[i] as number;
    return {
      text: text.slice(starts[i], ends[i]),
      inText: (mark & IN_TEXT) !== 0,
      kind: mark & 7,
      space: mark >> SPACE_SHIFT,
      turn: turns[i] as number,
    };
  });
}

const code = (text: string, language: LanguageId): string[] =>
  tokens(text, language)
    .filter(({ inText, kind }) => !inText && kind === TokenKind.Word)
    .map((token) => token.text);

describe('lexer for completion', () => {
  it('leaves out white space and nothing else, whatever the text', () => {
    const piece = fc.constantFrom(
      '"',
      "'",
      '`',
      '\\',
      '/*',
      '*/',
      '//',
      '#',
      '\r\n',
      '\n',
      '\t',
      ' ',
      'a1',
      '9.5',
      '👋',
      'ש',
      '=>',
      '"""',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 3 }))),
        fc.constantFrom(...LANGUAGE_IDS),
        (parts, language) => {
          const text = parts.join('');
          const { count, starts, ends } = lex(text, language);
          let at = 0;
          for (let i = 0; i < count; i++) {
            assert.match(text.slice(at, starts[i]), /^[\s\ufeff]*$/);
            assert.ok((ends[i] as number) > (starts[i] as number));
            at = ends[i] as number;
          }
          assert.match(text.slice(at), /^[\s\ufeff]*$/);
        },
      ),
    );
  });

  it('knows what is in a string or a comment in every language', () => {
    assert.deepEqual(code('a = "b c" + d // e\nf /* g\nh */ i', 'typescript'), ['a', 'd', 'f', 'i']);
    assert.deepEqual(code('x = \'it\\\'s y\' + z # w\nv = """p\nq""" + r', 'python'), ['x', 'z', 'v', 'r']);
    assert.deepEqual(code("fn f<'a>(x: &'a str) { let c = 'b'; y }", 'rust'), [
      'fn',
      'f',
      'a',
      'x',
      'a',
      'str',
      'let',
      'c',
      'y',
    ]);
    assert.deepEqual(code('a := `b\nc` + d', 'go'), ['a', 'd']);
    // A quote that is not closed spoils its line only.
    assert.deepEqual(code('a = "b c\nd = e', 'go'), ['a', 'd', 'e']);
  });

  it('says at a line end whether the next line is deeper, shallower, or after a blank one', () => {
    const turns = tokens('a:\n\tb\r\n\r\n\tc\nd', 'python').filter(({ kind }) => kind === TokenKind.NewLine);
    assert.deepEqual(
      turns.map(({ turn }) => turn),
      [DEEPER, AFTER_BLANK, SHALLOWER],
    );
  });

  it('keeps the white space before a token and long signs whole', () => {
    const found = tokens('a  === b?.c', 'typescript');
    assert.deepEqual(
      found.map(({ text, space }) => [text, space]),
      [
        ['a', 0],
        ['===', OTHER_SPACE],
        ['b', 1],
        ['?.', 0],
        ['c', 0],
      ],
    );
  });

  it('takes a name for local that is neither a member, nor called, nor in a string', () => {
    const vocabulary = new Vocabulary();
    const cells = cellsOf('const user = repo.find(id, Kind.all, "text", make(x));', 'typescript', vocabulary);
    const local = [...cells].filter(isLocalName).map((cell) => vocabulary.text(idOf(cell)));
    assert.deepEqual(local, ['user', 'repo', 'id', 'x']);
  });
});
