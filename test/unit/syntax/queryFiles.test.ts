/** Query files that are wrong are refused with file and line, and inherited files come first. */
import { strict as assert } from 'node:assert';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LodestoneError } from '../../../src/base/errors.ts';
import { compileQuery } from '../../../src/core/syntax/query/compileQuery.ts';
import { readQueries } from '../../../src/node/treeSitter/factQueryFiles.ts';
import { assets, runtime } from './parserFixture.ts';

describe('query files', () => {
  const WRONG: readonly (readonly [query: string, message: RegExp])[] = [
    ['(call_expression', /x\.scm:1: the file ends inside a pattern/],
    ['\n\n(no_such_node) @a', /x\.scm:3: the javascript grammar has no node "no_such_node"/],
    ['(call_expression nope: (_)) @a', /x\.scm:1: the javascript grammar has no field "nope"/],
    ['((identifier) @a\n (#has-parent? @a b))', /#has-parent\? is not supported/],
    ['(identifier)* @a', /unexpected "\*"/],
    ['((identifier) @a (#eq? "x" @a))', /#eq\? needs a capture/],
  ];
  for (const [query, message] of WRONG) {
    it(`refuses ${JSON.stringify(query)}`, async () => {
      const { grammar } = await runtime.language('javascript');
      assert.throws(
        () => compileQuery([{ origin: 'x.scm', text: query }], grammar),
        (error: LodestoneError) => error.code === 'badData' && message.test(error.message),
      );
    });
  }

  it('puts inherited files first', () => {
    assert.deepEqual(
      readQueries(assets.grammars, 'tsx').map(({ origin }) => origin),
      ['ecmascript', 'typescript', 'jsx', 'tsx'].map((name) => `grammars/${name}/facts.scm`),
    );
  });

  it('refuses a circle and a missing file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lodestone-queries-'));
    for (const [name, parent] of [
      ['a', 'b'],
      ['b', 'a'],
      ['c', 'missing'],
    ] as const) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'facts.scm'), `; inherits: ${parent}\n`);
    }
    assert.throws(() => readQueries(folder, 'a'), /inherits itself/);
    assert.throws(() => readQueries(folder, 'c'), /grammars\/missing\/facts\.scm cannot be read/);
    rmSync(folder, { recursive: true });
  });
});
