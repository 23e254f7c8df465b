/** Small choices of style as rules: what keeps one, what breaks it, and how a person would say it. */
import type { Family } from '../languages.ts';
import type { StyleMark } from '../syntax/styleMarks.ts';

export interface StyleRule {
  /** The languages in which the choice exists. */
  readonly families: readonly Family[];
  readonly kept: StyleMark;
  readonly broken: StyleMark;
  readonly name: string;
  /** What is counted, as in "310 of 312 texts". */
  readonly counted: string;
  /** What is said of them, as in "are in single quotes". */
  readonly says: string;
  /** Most that may break it, as a share, where few keep it on purpose. */
  readonly most?: number;
  /** The rule as those keep it whom the others should follow; absent where a breach is a matter of taste. */
  readonly slip?: string;
}

const rule = (
  families: Family | readonly Family[],
  [kept, broken]: readonly [StyleMark, StyleMark],
  name: string,
  counted: string,
  says: string,
): StyleRule => ({ families: typeof families === 'string' ? [families] : families, kept, broken, name, counted, says });

const ES = 'ecmascript';
const QUOTED = [ES, 'python'] as const;
const INDENTED = [ES, 'python', 'rust'] as const;
const LISTS = [ES, 'python', 'rust'] as const;

export const STYLE_RULES: readonly StyleRule[] = [
  rule(QUOTED, ['quotes single', 'quotes double'], 'Write texts in single quotes', 'texts', 'are in single quotes'),
  rule(QUOTED, ['quotes double', 'quotes single'], 'Write texts in double quotes', 'texts', 'are in double quotes'),
  rule(ES, ['semicolons always', 'semicolons never'], 'End statements with a semicolon', 'statements', 'end with one'),
  rule(ES, ['semicolons never', 'semicolons always'], 'Write no semicolons', 'statements', 'end without one'),
  rule(
    LISTS,
    ['commas in data trailing', 'commas in data none'],
    'End lists of several lines with a comma',
    'lists',
    'do',
  ),
  rule(
    LISTS,
    ['commas in data none', 'commas in data trailing'],
    'End lists of several lines without a comma',
    'lists',
    'do',
  ),
  rule(
    LISTS,
    ['commas in calls trailing', 'commas in calls none'],
    'End arguments of several lines with a comma',
    'calls and signatures',
    'do',
  ),
  rule(
    LISTS,
    ['commas in calls none', 'commas in calls trailing'],
    'End arguments of several lines without a comma',
    'calls and signatures',
    'do',
  ),
  rule(ES, ['braces spaced', 'braces tight'], 'Put spaces inside braces: `{ a }`', 'objects on one line', 'have them'),
  rule(ES, ['braces tight', 'braces spaced'], 'Put no spaces inside braces: `{a}`', 'objects on one line', 'have none'),
  {
    ...rule(ES, ['equality strict', 'equality loose'], 'Compare with `===`, not `==`', 'comparisons', 'are strict'),
    slip: 'values are compared with `===`',
  },
  {
    ...rule(
      ES,
      ['variables const or let', 'variables var'],
      'Declare with `const` or `let`, not `var`',
      'declarations',
      'do',
    ),
    slip: 'variables are declared with `const` or `let`',
  },
  rule(
    ES,
    ['const where it can be', 'let where const would do'],
    'Declare with `const` what is never assigned again',
    'such declarations',
    'do',
  ),
  rule(ES, ['branches braced', 'branches bare'], 'Put braces around every branch of an `if`', 'branches', 'have them'),
  rule(ES, ['callbacks arrow', 'callbacks function'], 'Write callbacks as arrow functions', 'callbacks', 'are arrows'),
  rule(
    ES,
    ['arrow parameters in parentheses', 'arrow parameters bare'],
    'Put parentheses around a single parameter: `(x) => …`',
    'arrow functions of one parameter',
    'have them',
  ),
  rule(
    ES,
    ['arrow parameters bare', 'arrow parameters in parentheses'],
    'Write a single parameter without parentheses: `x => …`',
    'arrow functions of one parameter',
    'have none',
  ),
  rule(
    ES,
    ['texts templates', 'texts added'],
    'Build texts with templates, not with `+`',
    'texts with values',
    'are templates',
  ),
  rule(
    ES,
    ['properties shorthand', 'properties repeated'],
    'Write `{ name }`, not `{ name: name }`',
    'such properties',
    'are short',
  ),
  rule(ES, ['exports named', 'exports default'], 'Export by name, not as default', 'exports', 'have a name'),
  { ...rule(ES, ['types written', 'types any'], 'Write types without `any`', 'types', 'are'), most: 0.02 },
  rule(ES, ['objects interface', 'objects type'], 'Declare object shapes with `interface`', 'shapes', 'are interfaces'),
  rule(ES, ['objects type', 'objects interface'], 'Declare object shapes with `type`', 'shapes', 'are type aliases'),
  rule(ES, ['arrays short', 'arrays generic'], 'Write array types as `T[]`', 'array types', 'are'),
  rule(
    ES,
    ['missing optional chain', 'missing non-null'],
    'Reach into what may be missing with `?.`, not `!`',
    'such places',
    'do',
  ),
  rule(
    'python',
    ['formats f-string', 'formats percent'],
    'Format texts with f-strings, not `%`',
    'formatted texts',
    'are f-strings',
  ),
  rule(
    'python',
    ['formats f-string', 'formats method'],
    'Format texts with f-strings, not `.format()`',
    'formatted texts',
    'are f-strings',
  ),
  rule(
    'python',
    ['unions bar', 'unions typing'],
    'Write optional types as `X | None`',
    'unions',
    'are written with a bar',
  ),
  rule(
    'python',
    ['unions typing', 'unions bar'],
    'Write optional types as `Optional[X]`',
    'unions',
    'come from `typing`',
  ),
  rule(
    'python',
    ['generics built-in', 'generics typing'],
    'Write `list[X]` and `dict[X, Y]`, not `List` and `Dict`',
    'types of collections',
    'are the built-in ones',
  ),
  {
    ...rule('python', ['none is', 'none equals'], 'Compare with `None` by `is`', 'comparisons with None', 'do'),
    slip: '`None` is compared by `is`',
  },
  {
    ...rule(
      'python',
      ['handlers typed', 'handlers bare'],
      'Name the exceptions that are caught',
      '`except` clauses',
      'do',
    ),
    slip: 'the exceptions that are caught are named',
  },
  rule(
    'python',
    ['causes named', 'causes lost'],
    'Raise from what was caught: `raise … from …`',
    'errors raised in handlers',
    'do',
  ),
  rule('go', ['anything any', 'anything interface{}'], 'Write `any`, not `interface{}`', 'empty interfaces', 'do'),
  rule('go', ['anything interface{}', 'anything any'], 'Write `interface{}`, not `any`', 'empty interfaces', 'do'),
  rule('go', ['doc ends with period', 'doc without period'], 'End doc comments with a period', 'doc comments', 'do'),
  {
    ...rule(
      'go',
      ['errors compared with Is', 'errors compared plainly'],
      'Compare errors with `errors.Is` and `errors.As`',
      'comparisons of errors',
      'do',
    ),
    slip: 'errors are compared with `errors.Is`',
  },
  rule(
    'rust',
    ['failures propagated', 'failures unwrapped'],
    'Hand failures on with `?`, not `unwrap`',
    'fallible steps',
    'do',
  ),
];

export interface IndentRule {
  readonly kept: StyleMark;
  readonly name: string;
}

export const INDENTS: readonly IndentRule[] = [
  { kept: 'indent tabs', name: 'Indent with tabs' },
  { kept: 'indent 2', name: 'Indent with two spaces' },
  { kept: 'indent 4', name: 'Indent with four spaces' },
];
export const INDENTED_FAMILIES: readonly Family[] = INDENTED;
