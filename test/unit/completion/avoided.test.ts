/** What a completion must not do at a place: rules of the catalogue as they would be written there, and mined ones. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type AvoidingPlace, avoidedAt } from '../../../src/core/completion/avoided.ts';
import type { AntipatternFile } from '../../../src/core/mining/antipatterns.ts';
import type { Deviant } from '../../../src/core/mining/attractor.ts';
import { projectRoot } from '../../projectRoot.ts';

const { antipatterns: rules } = parse(
  readFileSync(join(projectRoot, 'src/data/conventions/antipatterns.yml'), 'utf8'),
) as AntipatternFile;

const python: AvoidingPlace = { language: 'python', imports: [], async: true, around: 'async def f():\n    ' };

function hits(code: string, place: Partial<AvoidingPlace> = {}, deviants: readonly Deviant[] = []): string[] {
  return avoidedAt({ ...python, ...place }, rules, deviants)
    .filter((pattern) => pattern.test(code))
    .map(({ id }) => id);
}

describe('avoided patterns', () => {
  it('finds blocking calls in coroutines only, also under the name they were imported by', () => {
    assert.deepEqual(hits('    time.sleep(1)'), ['blocking-io-in-async']);
    assert.deepEqual(hits('    time.sleep(1)', { async: false }), []);
    const imports = [
      {
        ...{ module: 'time', names: [{ name: 'sleep', alias: 'nap' }], relative: false, typeOnly: false, line: 1 },
        ...{ start: 0, end: 0 },
      },
    ];
    assert.deepEqual(hits('    nap(1)', { imports }), ['blocking-io-in-async']);
    assert.deepEqual(hits('    asyncio.sleep(1)'), []);
    assert.deepEqual(hits('    self.input(1)'), []);
  });

  it('lets constants pass where a rule does, and what its text says is meant', () => {
    assert.deepEqual(hits('    os.system("ls")', { async: false }), []);
    assert.deepEqual(hits('    os.system(command)', { async: false }), ['shell-command']);
    assert.deepEqual(hits('    hashlib.md5(password)', { async: false }), ['weak-hash']);
    assert.deepEqual(hits('    hashlib.md5(body)', { async: false, around: 'def etag(body):\n' }), []);
    assert.deepEqual(hits('    hashlib.md5(token, usedforsecurity=False)', { async: false }), []);
  });

  it('finds errors that are caught and dropped', () => {
    assert.deepEqual(hits('    except ValueError:\n        pass', { async: false }), ['empty-catch']);
    const typescript = { language: 'typescript', async: false, around: '' } as const;
    assert.deepEqual(hits('} catch {}', typescript), ['empty-catch']);
    assert.deepEqual(hits('} catch (error) {\n  report(error);\n}', typescript), []);
  });

  it('keeps to what nearly every place here does', () => {
    const deviant = {
      ...{ id: 'd1', rule: 'the result of `fetchJson` is awaited', apis: ['./http.fetchJson'], language: 'typescript' },
      ...{ kept: 60, broken: 1, confidence: 0.9, sites: [], example: { path: '', line: 1, endLine: 1, text: '' } },
    } as const satisfies Deviant;
    const place = { language: 'typescript', async: true, around: '' } as const;
    assert.deepEqual(hits('  fetchJson(url);', place, [deviant]), ['d1']);
    assert.deepEqual(hits('  const all = await fetchJson(url);', place, [deviant]), []);
    assert.deepEqual(hits('  fetchJson(url);', { ...place, async: false }, [deviant]), []);
  });
});
