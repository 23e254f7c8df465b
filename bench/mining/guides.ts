/** Mechanical rules in guides for people and agents, recognised by a list of phrases. */

import type { Family } from '../../src/core/languages.ts';
import type { Demands } from './configuredRules.ts';

/** Sentences of guides that state a rule; each is a whole demand and not merely a mention. */
const GUIDE: readonly (readonly [RegExp, readonly (readonly [Family, string])[]])[] = [
  [/\bsingle quotes\b/i, [['ecmascript', 'quotes single']]],
  [/\bdouble quotes\b/i, [['ecmascript', 'quotes double']]],
  [/(?<!no |without |avoid )\bsemicolons\b/i, [['ecmascript', 'semicolons']]],
  [/\b(?:no|without|avoid) semicolons\b/i, [['ecmascript', 'no semicolons']]],
  [/\b(?:2|two)[- ]spaces?\b.{0,20}indent|indent\w*.{0,20}\b(?:2|two)[- ]spaces?\b/i, [['ecmascript', 'indent 2']]],
  [
    /\b(?:4|four)[- ]spaces?\b.{0,20}indent|indent\w*.{0,20}\b(?:4|four)[- ]spaces?\b/i,
    [
      ['ecmascript', 'indent 4'],
      ['python', 'indent 4'],
    ],
  ],
  [/\btabs\b.{0,20}indent|indent\w*.{0,20}\btabs\b/i, [['ecmascript', 'indent tabs']]],
  [/\b(?:never|avoid|don't|do not) use `?"?any\b|no `any`|\bavoid `any`/i, [['ecmascript', 'no-explicit-any']]],
  [/always use curly braces|curly braces for (?:all )?if/i, [['ecmascript', 'curly']]],
  [/prefer interfaces? over types?/i, [['ecmascript', 'interfaces for shapes']]],
  [/prefer types? over interfaces?/i, [['ecmascript', 'types for shapes']]],
  [/named exports/i, [['ecmascript', 'no-default-export']]],
  [
    /document all (?:public|exported)|(?:public|exported) functions.{0,30}must have (?:jsdoc|doc)/i,
    [['ecmascript', 'documented']],
  ],
  [/doc comments for exported/i, [['go', 'documented']]],
  [/exported comment punctuation|comments? (?:should|must) end (?:with|in) a period/i, [['go', 'doc period']]],
  [/errors\.Wrap.{0,80}(?:do not|don't|never|not) use `?fmt\.Errorf/i, [['go', 'errors.Wrap']]],
  [/imports grouped|group imports/i, [['go', 'imports grouped']]],
  [/use `@\/`|`@\/` (?:alias|for absolute)/i, [['ecmascript', 'alias @/']]],
  [/prefixed with "?`?handle/i, [['ecmascript', 'handle…']]],
  [
    /arrow functions.{0,30}(?:over|instead of)|prefer arrow functions|use arrow functions/i,
    [['ecmascript', 'prefer-arrow-callback']],
  ],
  [/prefer async\/await|use async\/await|async\/await (?:over|instead)/i, [['ecmascript', 'await']]],
  [
    /camelCase for (?:variables|functions|variables, functions)|functions?[^.\n]{0,30}camelCase/i,
    [['ecmascript', 'functions camelCase']],
  ],
  [
    /PascalCase for (?:component|class|type|interface|enum)|(?:types?|classes)[^.\n]{0,30}PascalCase/i,
    [['ecmascript', 'types PascalCase']],
  ],
  [/prefer `?const`?|use `?const`? (?:over|instead)/i, [['ecmascript', 'prefer-const']]],
  [/optional chaining/i, [['ecmascript', 'no-non-null-assertion']]],
  [/google[- ]style docstrings|docstrings (?:for|on) all/i, [['python', 'documented']]],
  [
    /type (?:hints|annotations) (?:for|on|in) all|all functions (?:must|should) have type/i,
    [['python', 'return types']],
  ],
  [/f-strings/i, [['python', 'f-strings']]],
  [/never (?:use )?`?\.?unwrap|avoid `?\.?unwrap/i, [['rust', 'no unwrap']]],
];

export function readGuide(text: string, demands: Demands): void {
  const prose = text.replace(/```[\s\S]*?```/g, '');
  for (const [pattern, rules] of GUIDE)
    if (pattern.test(prose)) for (const [family, rule] of rules) demands.add(family, rule);
  const width = /(\d{2,3})[- ](?:character|column|char)s?(?: line)?(?: width| limit| length)?/i.exec(prose)?.[1];
  if (width && Number(width) >= 79 && /line|width|wrap/i.test(prose)) demands.add('ecmascript', `width ${width}`);
}
