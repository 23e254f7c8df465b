/** The query matcher against tree-sitter's own Query: the same matches for every pattern of every facts.scm and for hard cases. */
import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import treeSitter = require('web-tree-sitter');

import { LANGUAGE_IDS, type LanguageId } from '../../../src/core/languages.ts';
import { compileQuery, type QuerySource } from '../../../src/core/syntax/query/compileQuery.ts';
import { QueryMatcher } from '../../../src/core/syntax/query/matchQuery.ts';
import { readQueries } from '../../../src/node/treeSitter/factQueryFiles.ts';
import { projectRoot } from '../../projectRoot.ts';
import { assets, parser, runtime } from './parserFixture.ts';

const fixtures = join(projectRoot, 'test/fixtures/syntax');

/** `pattern capture=kind@start-end …`, captures in a fixed order. */
type Line = string;

async function ours(language: LanguageId, sources: readonly QuerySource[], text: string): Promise<Line[]> {
  const { grammar } = await runtime.language(language);
  const tree = await parser.parse(language, text);
  const query = compileQuery(sources, grammar);
  const lines: Line[] = [];
  new QueryMatcher(query, tree, text, (pattern, captures) => {
    const named = pattern.captures.flatMap((id) => {
      const node = captures[id] as number;
      if (node < 0) return [];
      const kind = grammar.kindNames[tree.kind[node] as number];
      return [`${query.captureNames[id]}=${kind}@${tree.startIndex[node]}-${tree.endIndex[node]}`];
    });
    lines.push(`${pattern.source} ${named.sort().join(' ')}`);
  }).run();
  return lines.sort();
}

async function theirs(language: LanguageId, sources: readonly QuerySource[], text: string): Promise<Line[]> {
  const loaded = await runtime.language(language);
  const query = new treeSitter.Query(loaded.language, sources.map((source) => source.text).join('\n'));
  const native = new treeSitter.Parser();
  native.setLanguage(loaded.language);
  const tree = native.parse(text) as treeSitter.Tree;
  const lines = query
    .matches(tree.rootNode)
    .filter((match) => match.captures.length > 0)
    .map(({ patternIndex, captures }) => {
      const named = captures.map(({ name, node }) => `${name}=${node.type}@${node.startIndex}-${node.endIndex}`);
      return `${patternIndex} ${named.sort().join(' ')}`;
    });
  tree.delete();
  query.delete();
  native.delete();
  return lines.sort();
}

/** Sorted unique lines: tree-sitter reports a match once per way it came about, we once per set of captures too. */
function unique(lines: Line[]): Line[] {
  return [...new Set(lines)];
}

async function compare(language: LanguageId, sources: readonly QuerySource[], text: string): Promise<number> {
  const [mine, oracle] = [unique(await ours(language, sources, text)), unique(await theirs(language, sources, text))];
  assert.deepEqual(mine, oracle);
  return mine.length;
}

describe('query matcher against tree-sitter', () => {
  for (const language of LANGUAGE_IDS) {
    const files = readdirSync(fixtures)
      .filter((name) => name.startsWith(`${language}.`))
      .sort();
    for (const name of files) {
      it(`finds the same in ${name}`, async () => {
        const entry = runtime.entries.find(({ id }) => id === language);
        const sources = readQueries(assets.grammars, entry?.queries ?? language);
        const text = readFileSync(join(fixtures, name), 'utf8');
        assert.ok((await compare(language, sources, text)) > 100);
        // Broken code too: every third part of the file torn out.
        await compare(language, sources, text.slice(text.length / 3));
        await compare(
          language,
          sources,
          text.slice(0, text.length / 2).replace(/[)}]/g, (all, at) => (at % 5 ? all : '')),
        );
      });
    }
    it(`has a fixture in ${language}`, () => assert.ok(files.length > 0));
  }

  const HARD: readonly (readonly [title: string, query: string, text: string])[] = [
    ['every choice of two siblings', '(arguments (identifier) @a (identifier) @b)', 'f(x, y, z, w)'],
    [
      'a nested choice before a later sibling',
      '(call_expression function: (member_expression (identifier) @a) arguments: (arguments (_) @b))',
      'x.y(1, z, q)',
    ],
    ['optional parts', '(variable_declarator name: (identifier) @n value: (_)? @v)', 'let a, b = 1;'],
    [
      'an optional subtree with its own captures',
      '(call_expression function: (identifier) @f arguments: (arguments . (string (string_fragment) @s))?)',
      'f("x"); g(1); h()',
    ],
    ['an optional keyword', '(arrow_function "async"? @async body: (_) @b)', 'x = async () => 1; y = () => 2'],
    [
      'anchors',
      '(arguments . (_) @first) (arguments (_) @last .) (arguments (number) @a . (number) @b)',
      'f(1, 2, x, 3)',
    ],
    [
      'anchors beside comments',
      '(arguments . (number) @first) (arguments (number) @last .)',
      'f(/* a */ 1, 2 /* b */); g(3)',
    ],
    [
      'alternations with children',
      '[(call_expression function: (identifier) @f) (new_expression constructor: (identifier) @f)] @x',
      'f(); new G(); a.b()',
    ],
    ['negated fields', '(variable_declarator name: (_) @n !value)', 'let a, b = 1, c'],
    ['anonymous nodes', '(binary_expression operator: "+" @o) ["if" "else"] @k', 'if (a + b) {} else { c - d }'],
    ['wildcards, named and any', '(unary_expression _ @any) (unary_expression (_) @named)', '!a; -1'],
    [
      'predicates',
      '((identifier) @i (#match? @i "^[A-Z]")) ((call_expression function: (_) @f arguments: (arguments (_) @a)) (#eq? @f @a)) ((identifier) @n (#not-any-of? @n "f" "g"))',
      'f(f, G); g(X)',
    ],
    ['errors', '(_ (identifier) @i) (ERROR) @e', 'f(; class { a b } = 3'],
  ];
  for (const [title, query, text] of HARD) {
    it(`agrees on ${title}`, async () => {
      assert.ok((await compare('javascript', [{ origin: 'test', text: query }], text)) > 0);
    });
  }
});
