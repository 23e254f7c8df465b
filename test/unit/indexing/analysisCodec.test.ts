/** Analyses through their bytes: nothing is lost, and damage is told. */
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { decodeAnalysis, decodeLater, encodeAnalysis } from '../../../src/core/indexing/analysisCodec.ts';
import type { FileAnalysis } from '../../../src/core/indexing/contracts.ts';
import { FileAnalyser } from '../../../src/node/treeSitter/fileAnalyser.ts';
import { assetsBelow, TreeSitterRuntime } from '../../../src/node/treeSitter/treeSitterRuntime.ts';
import { projectRoot } from '../../projectRoot.ts';

const TEXT = `import express from 'express';
const app = express();
app.get('/', async (request, response) => {
  const rows = await fetchRows(request.query, { limit: 5 });
  new Reply(rows).send();
  load()();
  response.json(rows);
});
`;

describe('analysis codec', () => {
  let analysis: Pick<FileAnalysis, 'facts' | 'trees'>;

  before(async () => {
    const runtime = new TreeSitterRuntime(assetsBelow(join(projectRoot, 'dist')));
    const analysed = await new FileAnalyser(runtime).analyse('server.ts', TEXT);
    assert.ok(!('skipped' in analysed));
    analysis = analysed;
  });

  it('gives back every fact and the trees', () => {
    const decoded = decodeAnalysis(encodeAnalysis(analysis));
    assert.ok(analysis.facts.calls.length >= 6);
    assert.deepEqual(decoded.facts, analysis.facts);
    assert.deepEqual(decoded.trees, analysis.trees);
  });

  it('unpacks a worker’s answer once, and only for who asks', () => {
    let unpacked = 0;
    const unpack = () => {
      unpacked++;
      return encodeAnalysis(analysis);
    };
    const decoded = decodeLater(unpack, { packed: new Uint8Array(3) });
    assert.equal(decoded.packed?.length, 3);
    assert.equal(unpacked, 0);
    assert.deepEqual(decoded.trees, analysis.trees);
    assert.deepEqual(decoded.facts, analysis.facts);
    assert.equal(unpacked, 1);
  });

  it('says badData where the bytes are cut or do not fit', () => {
    const bytes = encodeAnalysis(analysis);
    assert.throws(() => decodeAnalysis(bytes.subarray(0, 3)), { code: 'badData' });
    const damaged = bytes.slice();
    damaged.fill(0x20, 10, 400);
    assert.throws(() => decodeAnalysis(damaged).facts, { code: 'badData' });
  });
});
