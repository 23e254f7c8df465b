/** Which calls are expected at a cursor, and the seed of those that no ranking knows. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  type ExpectingPlace,
  expectedCalls,
  seedOf,
  vocabularyFor,
} from '../../../src/core/completion/expectedCalls.ts';
import type { Deviant } from '../../../src/core/mining/attractor.ts';
import type { FrameworkEntry } from '../../../src/core/mining/frameworks.ts';
import { projectRoot } from '../../projectRoot.ts';

const frameworks = ['fastapi', 'aiohttp', 'express'].map(
  (name) => parse(readFileSync(join(projectRoot, `src/data/frameworks/${name}.yml`), 'utf8')) as FrameworkEntry,
);
const api = (name: string, call: string, score: number) => ({ name, call, score, signature: call, path: '' });
const place: ExpectingPlace = { language: 'python', apis: [], imports: [], words: '', broken: [] };
const importing = (module: string) => [
  { module, names: [], relative: false, typeOnly: false, line: 1, start: 0, end: 0 },
];

describe('expected calls', () => {
  it('are those of the ranking from a fifth on, three at most', () => {
    const apis = [api('a', 'x.a()', 0.9), api('b', 'b()', 0.5), api('c', 'c()', 0.3), api('d', 'd()', 0.25)];
    assert.deepEqual(expectedCalls({ ...place, apis }, frameworks), [
      { name: 'a', call: 'x.a()' },
      { name: 'b', call: 'b()' },
      { name: 'c', call: 'c()' },
    ]);
    assert.deepEqual(expectedCalls({ ...place, apis: [api('d', 'd()', 0.1)] }, frameworks), []);
  });

  it('take what a broken rule around the cursor asks for', () => {
    const broken = [{ apis: ['ledger.close'] } as unknown as Deviant];
    assert.deepEqual(expectedCalls({ ...place, broken }, []), [{ name: 'close', call: 'ledger.close()' }]);
  });

  it('take the vocabulary of an imported framework where the words speak of it', () => {
    const words = '# TODO: answer with an HTTP exception when the user is missing';
    const imports = importing('fastapi.responses');
    assert.equal(expectedCalls({ ...place, imports, words }, frameworks)[0]?.name, 'HTTPException');
    assert.deepEqual(expectedCalls({ ...place, imports, words: '# add two numbers' }, frameworks), []);
    assert.deepEqual(expectedCalls({ ...place, words }, frameworks), [], 'nobody imports or names it');
  });

  it('know a framework by its name in the words, of the language at hand only', () => {
    const words = 'write a FastAPI router that includes another router';
    assert.ok(vocabularyFor({ ...place, words }, frameworks).includes('include_router'));
    const other = { ...place, words: 'an express Router', language: 'python' } as const;
    assert.deepEqual(vocabularyFor(other, frameworks), []);
    assert.ok(vocabularyFor({ ...other, language: 'typescript' }, frameworks).includes('Router'));
  });

  it('become a seed', () => {
    assert.equal(seedOf([{ name: 'Depends', call: 'Depends()' }], '#'), '# uses Depends()');
    assert.equal(seedOf([], '#'), '');
  });
});
