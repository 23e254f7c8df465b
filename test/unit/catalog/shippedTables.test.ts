import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LodestoneError } from '../../../src/base/errors.ts';
import { readBackground, readEmbedding, readWeights } from '../../../src/node/shippedTables.ts';
import { projectRoot } from '../../projectRoot.ts';

const shipped = (path: string) => readFileSync(join(projectRoot, 'src/data', path), 'utf8');
const reader = (text: string | undefined) => ({
  read: async () => {
    if (text === undefined) throw new Error('It is missing.');
    return text;
  },
});

function logged() {
  const lines: string[] = [];
  return { lines, log: { warn: (message: string) => void lines.push(message) } };
}

describe('shipped tables', () => {
  const background = shipped('background/functions.txt');

  it('are read without a word as they are', async () => {
    const { lines, log } = logged();
    assert.equal(await readBackground(reader(background), log), background);
    assert.ok((await readWeights(reader(shipped('retrieval/weights.json')), log)).background);
    assert.ok(await readEmbedding(reader(shipped('retrieval/embedding.json')), log));
    assert.deepEqual(lines, []);
  });

  it('rank without vectors of public code that cannot be read, with one line that says what to do', async () => {
    for (const text of ['{}', 'none', undefined]) {
      const { lines, log } = logged();
      assert.equal(await readEmbedding(reader(text), log), undefined);
      assert.equal(lines.length, 1);
      assert.match(lines[0] as string, /Install Lodestone again/);
    }
  });

  for (const [what, text] of Object.entries({
    'of another version': background.replace('LSBG1', 'LSBG2'),
    'with a damaged header': `x${background}`,
    'cut short': background.slice(0, background.length >> 1),
    'that is missing': undefined,
  }))
    it(`leave a table of public code ${what} out, with one line that says what to do`, async () => {
      const { lines, log } = logged();
      assert.equal(await readBackground(reader(text), log), undefined);
      assert.equal(lines.length, 1);
      assert.match(lines[0] as string, /Install Lodestone again/);
    });

  const weights = JSON.parse(shipped('retrieval/weights.json'));
  for (const [what, table] of Object.entries({
    'of another version': { ...weights.background, schemaVersion: 2 },
    'of another shape': { families: { go: [1, 2] } },
    'without families': { tables: {} },
    'that is a text': 'none',
  }))
    it(`rank without a background ${what}, with one line that says what to do`, async () => {
      const { lines, log } = logged();
      const read = await readWeights(reader(JSON.stringify({ ...weights, background: table })), log);
      assert.equal(read.background, undefined);
      assert.deepEqual(read.weights, weights.weights);
      assert.equal(lines.length, 1);
      assert.match(lines[0] as string, /Install Lodestone again/);
    });

  for (const [what, text] of Object.entries({
    'of another version': JSON.stringify({ ...weights, schemaVersion: 2 }),
    'that are no JSON': '{',
  }))
    it(`refuse weights ${what}, with advice`, async () => {
      await assert.rejects(
        () => readWeights(reader(text), logged().log),
        (error) =>
          error instanceof LodestoneError && error.code === 'badData' && /Install|install/.test(error.advice ?? ''),
      );
    });
});
