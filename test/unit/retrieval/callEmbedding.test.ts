/** Vectors of what public code calls in such places: the shipped ones know their way about, and a foreign file is refused. */

import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LodestoneError } from '../../../src/base/errors.ts';
import { familyOf, type LanguageId } from '../../../src/core/languages.ts';
import { CallEmbedding, callFeatures, type EmbeddingFile } from '../../../src/core/retrieval/callEmbedding.ts';

import { subwords } from '../../../src/core/retrieval/subwords.ts';
import { projectRoot } from '../../projectRoot.ts';

const shipped = readFileSync(join(projectRoot, 'src/data/retrieval/embedding.json'), 'utf8');

/** The calls, likeliest first, for a function of this name. */
function ordered(language: LanguageId, name: string, calls: readonly string[]): string[] {
  const embedding = new CallEmbedding(shipped);
  const nothing = { container: [], path: [], doc: [], types: [], parameters: [], imports: [] };
  const place = embedding.place({ language, name: subwords(name), ...nothing });
  const affinity = (call: string) =>
    embedding.call(call, familyOf(language)).reduce((sum, value, i) => sum + value * (place[i] as number), 0);
  return [...calls].sort((a, b) => affinity(b) - affinity(a));
}

function refusal(text: string): LodestoneError {
  try {
    new CallEmbedding(text);
  } catch (error) {
    return error as LodestoneError;
  }
  throw new Error('It was not refused.');
}

describe('vectors of public code', () => {
  it('tell the calls that belong to a name from those that do not, in every language', () => {
    assert.equal(ordered('typescript', 'parseJsonFile', ['addEventListener', 'setTimeout', 'parse'])[0], 'parse');
    assert.equal(ordered('python', 'splitLines', ['connect', 'split', 'sleep'])[0], 'split');
    assert.equal(ordered('go', 'TestServerStart', ['Lock', 'Fatalf', 'Sum256'])[0], 'Fatalf');
    assert.equal(ordered('rust', 'to_path_buf', ['spawn', 'join', 'lock'])[0], 'join');
  });

  it('know a name that no one has written yet by its words', () => {
    assert.deepEqual(callFeatures('parseHTTPBody', 'go'), ['go=parseHTTPBody', ':parse', ':http', ':body', '^parse']);
    assert.equal(ordered('typescript', 'deleteUser', ['renderChartAxis', 'deleteUserRecord'])[0], 'deleteUserRecord');
    const unknown = new CallEmbedding(shipped).call('qqzx', 'go');
    assert.ok(unknown.every((value) => value === 0));
  });

  it('are refused, with what to do, where they are of another version, cut short or no JSON', () => {
    const file = JSON.parse(shipped) as EmbeddingFile;
    const broken = [
      '{',
      'null',
      JSON.stringify({ ...file, schemaVersion: 2 }),
      JSON.stringify({ ...file, vectors: file.vectors.slice(0, 4000) }),
      JSON.stringify({ ...file, vectors: 'no base64!' }),
      JSON.stringify({ ...file, places: undefined }),
    ];
    for (const text of broken) {
      const { code, advice } = refusal(text);
      assert.equal(code, 'badData');
      assert.match(advice ?? '', /embedding\.json/);
    }
  });
});
