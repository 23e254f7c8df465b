/** Counts of completions: what adds up, what is told once, what survives. */
import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CompletionReport } from '../../../src/core/completion/completion.ts';
import { CompletionLog } from '../../../src/node/store/completionLog.ts';

function report(id: string, more: Partial<CompletionReport> = {}): CompletionReport {
  const position = { line: 1, column: 1 };
  return {
    id,
    completions: [{ text: 'x', source: 'model', range: { start: position, end: position } }],
    model: 'coder',
    prompt: null,
    considerBlock: '',
    seed: '',
    apiHits: [],
    lift: { expected: ['a', 'b'], hits: ['a'], apiHitRate: 0.5, attractors: 2, attractorsUsed: 1, conceptShare: 0 },
    antipatternHits: [],
    retries: 1,
    rejected: [],
    timings: { contextMs: 1, firstMs: 2, modelMs: 3, promptMs: null, totalMs: 100 },
    why: null,
    notice: null,
    ...more,
  };
}

describe('completion log', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lodestone-'));
  const path = join(folder, 'completions.sqlite');
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('sums by language, source and model, and takes each outcome once', () => {
    const log = new CompletionLog(path);
    log.proposed('python', report('1'));
    log.proposed('python', report('2', { rejected: [{ filter: 'syntax', text: ')' }] }));
    log.proposed('go', report('3', { completions: [], lift: null, rejected: [{ filter: 'syntax', text: ')' }] }));
    log.outcome({ id: '1', kept: 'whole', characters: 12 });
    log.outcome({ id: '1', kept: 'whole', characters: 12 });
    log.outcome({ id: '2', kept: 'part', characters: 3 });
    log.outcome({ id: 'never seen', kept: 'whole', characters: 9 });
    log.close();

    const reopened = new CompletionLog(path);
    const { rows, rejected } = reopened.stats();
    reopened.close();
    assert.equal(rows.length, 1, 'nothing was proposed in Go');
    assert.deepEqual(rows[0], {
      ...{ language: 'python', source: 'model', model: 'coder', proposed: 2 },
      ...{ kept: 1, keptInPart: 1, keptCharacters: 15, expected: 4, hits: 2, attractors: 4, attractorsUsed: 2 },
      ...{ antipatternHits: 0, retries: 2, totalMs: 200 },
    });
    assert.deepEqual(rejected, { syntax: 2 });
  });

  it('names no model where the repository stood in for it', () => {
    const log = new CompletionLog(join(folder, 'other.sqlite'));
    const position = { line: 1, column: 1 };
    const completions = [{ text: 'x', source: 'copy' as const, range: { start: position, end: position } }];
    log.proposed('go', report('1', { completions }));
    assert.deepEqual(
      log.stats().rows.map(({ source, model }) => [source, model]),
      [['copy', null]],
    );
    log.close();
  });
});
