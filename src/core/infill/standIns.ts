/** Short texts that may stand in a hole for what nobody knows yet: the first with which a file parses shows that it has no errors of its own. */
import { type Family, familyOf, type LanguageId } from '../languages.ts';
import { IN_CODE, type Surroundings } from './automaton.ts';
import { CLOSER_OF } from './brackets.ts';

/** A name that stands for any other. */
export const STAND_IN = 'x';

/** Beginnings of what a language's lines open and close; the brackets that the hole owes and has to bring stand around them. */
const BEGINNINGS: Readonly<Record<Family, readonly string[]>> = {
  ecmascript: [
    ...['x', 'x = ', 'x(x) ', 'if (x) ', 'class x ', 'switch (x) ', 'case x: ', 'return ', 'x: ', 'x, ', '(x)', '(x) '],
    ...['() => ', 'x = () => ', 'const x = ', 'else ', ' else if (x) ', 'else if (x) ', '.x', '= x', '<x', 'x=', ';'],
    ...['do ', 'try ', ' catch (x) ', ' finally ', 'interface x ', 'x: x,', 'import ', 'function x'],
  ],
  python: [
    ...[
      'x',
      'def x(x):',
      'if x:',
      'try:',
      'class x:',
      'x = ',
      'def x',
      '(x)',
      ':',
      ' as x:',
      'with x as x:',
      ' for x in x',
    ],
    ...[
      'else:',
      'elif x:',
      'except x:',
      'finally:',
      'match x:',
      'case x:',
      '@x',
      'x, ',
      'x: x',
      '.x',
      '= x',
      ' in x:',
      'with x',
      'class x',
      'if ',
      'for x in ',
      'while ',
      'return ',
    ],
  ],
  rust: [
    ...[
      'x',
      'if x ',
      'fn x() ',
      'impl x ',
      'match x ',
      'x => ',
      '_ => ',
      'x!',
      'let x = x ',
      'let x = ',
      'x: x',
      '(x: x)',
      '(x)',
    ],
    ...[
      '|x| ',
      'let x = |x| ',
      ' else ',
      'else ',
      ' else if x ',
      '.x()',
      ';',
      'x;',
      'struct x ',
      'enum x ',
      'fn x',
      'x: ',
      '= x',
    ],
    ...['pub fn x', '-> x ', 'use x::', 'loop ', 'x::x'],
  ],
  go: [
    ...[
      'x',
      'func x() ',
      'if x ',
      'for x ',
      'switch x ',
      'case x:',
      'x := x',
      'x := ',
      'x = ',
      'func(x x) ',
      'type x struct ',
    ],
    ...[
      ' else ',
      'package x',
      'import ',
      '(x x)',
      'x, ',
      'x: ',
      'x x',
      '.x',
      'func x',
      'func (x x) x() ',
      'return ',
      'default:',
    ],
    ...['x()', 'select ', 'x <- '],
  ],
};
/** What stands between a call's bracket and the block of a function that is handed over. */
const CALLBACKS: Readonly<Record<Family, string>> = { ecmascript: '() => ', python: '', rust: '|x| ', go: 'func() ' };
/** Elements of JSX around the hole whose names are tried as its tag. */
const NAMES = 8;

/** The likeliest first. */
export function standInsOf(language: LanguageId, surroundings: Surroundings, prefix: string, suffix: string): string[] {
  const { open, closers } = surroundings;
  const owed = [...open].reverse().join('');
  const brought = [...closers]
    .reverse()
    .map((closer) => OPENER_OF[closer] ?? '')
    .join('');
  const family = familyOf(language);
  const beginnings = ['', ...BEGINNINGS[family]];
  const texts = beginnings.flatMap((text) => (owed === '' ? [text] : [owed + text, text + owed]));
  // Where nothing is certain of the brackets the hole may have to open a block; where it owes both it may hand over a function.
  const ends = surroundings === IN_CODE ? ['', '{'] : [brought, brought.replaceAll('({', `(${CALLBACKS[family]}{`)];
  const found = ends.flatMap((end) => texts.map((text) => text + end));
  return [...new Set([...found, ...(family === 'ecmascript' ? tagsOf(prefix, suffix) : [])])];
}

const OPENER_OF = Object.fromEntries(Object.entries(CLOSER_OF).map(([opener, closer]) => [closer, opener]));

/** The tag that ends an element before the hole, or begins one behind it, or its name alone. */
function tagsOf(prefix: string, suffix: string): string[] {
  const opened = [...prefix.matchAll(/<([A-Za-z][\w.]*)/g)].map(([, name]) => name as string).reverse();
  const closed = [...suffix.matchAll(/<\/([A-Za-z][\w.]*)/g)].map(([, name]) => name as string);
  const some = (names: readonly string[]) => [...new Set(names)].slice(0, NAMES);
  return [
    ...['</>', '<>'],
    ...some(opened).flatMap((name) => [`</${name}>`, name]),
    ...some(closed).flatMap((name) => [`<${name}>`, `<${name}`, name]),
  ];
}
