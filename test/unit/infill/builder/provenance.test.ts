/** Provenance in the real database: it survives a migration, is bounded, follows decisions; presets compared by it with intervals. */
import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  canonicalJson,
  comparePresets,
  type Provenance,
  type ProvenanceOutcome,
} from '../../../../src/core/infill/builder/provenance.ts';
import type { PresetName } from '../../../../src/core/infill/presets.ts';
import { ProvenanceStore } from '../../../../src/node/store/provenanceStore.ts';
import { UserDatabase } from '../../../../src/node/store/userDatabase.ts';

let next = 0;
function sample(preset: PresetName, more: Partial<Provenance> = {}): Provenance {
  return {
    ...{ model: 'm', sha256: 'ab', seed: 1, preset, schedule: 'cosine', sampler: 'maxProbability', guidance: 1 },
    ...{ steps: 8, temperature: 0, promptHash: 'cd', msModel: 100, msOwn: 10, id: `id${next++}`, createdAt: 't' },
    ...{ path: 'a.ts', symbol: 'f', unit: 'body', span: { start: 0, end: 1 }, fileHash: 'ef', textHash: '01' },
    ...{ planHash: '23', source: 'denoiser', from: 'm', confidence: 0.5, risk: 0.5, canApply: true, tools: {} },
    ...more,
  };
}

describe('provenance', () => {
  let folder: string;
  let database: UserDatabase;
  const open = () => {
    database = new UserDatabase(join(folder, 'user.sqlite'));
    return new ProvenanceStore(database, () => new Date('2026-01-02T03:04:05Z'));
  };
  const add = (store: ProvenanceStore, preset: PresetName, outcomes: readonly ProvenanceOutcome[], more = {}) => {
    for (const outcome of outcomes) {
      const provenance = sample(preset, more);
      store.add([{ provenance, outcome: 'proposed' }]);
      if (outcome !== 'proposed') store.decide([provenance.id], outcome);
    }
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lodestone-provenance-'));
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is kept with its decision, whoever opens the store next', () => {
    const [one, other] = [sample('quick'), sample('fast')];
    open().add([
      { provenance: one, outcome: 'proposed' },
      { provenance: other, outcome: 'failed' },
    ]);
    database.close();
    const store = open();
    store.decide([one.id, 'unknown'], 'accepted');
    assert.deepEqual(store.records(), [
      { ...one, outcome: 'accepted', decidedAt: '2026-01-02T03:04:05.000Z' },
      { ...other, outcome: 'failed', decidedAt: '' },
    ]);
  });

  it('comes to a store of the version before, and nothing in it is lost', () => {
    open();
    database.decide('a', 'pinned');
    database.close();
    const old = new DatabaseSync(join(folder, 'user.sqlite'));
    old.exec('DROP TABLE provenance; PRAGMA user_version = 1');
    old.close();
    const store = open();
    store.add([{ provenance: sample('quick'), outcome: 'proposed' }]);
    assert.equal(store.records().length, 1);
    assert.deepEqual(database.decisions(), { a: 'pinned' });
    assert.deepEqual(database.notices, []);
  });

  it('compares presets by what was kept, with intervals, and names the best only where that is significant', () => {
    const store = open();
    add(store, 'quick', ['accepted', 'rejected', 'rejected', 'regressed', 'proposed'], { msModel: 50, msOwn: 0 });
    add(store, 'thorough', ['accepted', 'accepted', 'accepted'], { canApply: false });
    add(store, 'standard', ['accepted'], { source: 'nearest' });
    const few = comparePresets(store.records());
    assert.deepEqual(
      few.presets.map(({ preset, samples, decided, accepted, regressed, canApply, ms }) => ({
        ...{ preset, samples, decided, accepted, regressed, canApply, ms },
      })),
      [
        { preset: 'quick', samples: 5, decided: 4, accepted: 1, regressed: 1, canApply: 5, ms: 50 },
        { preset: 'thorough', samples: 3, decided: 3, accepted: 3, regressed: 0, canApply: 0, ms: 110 },
      ],
    );
    assert.equal(few.withoutDenoiser, 1);
    assert.equal(few.best, null);
    const [quick] = few.presets;
    assert.ok(quick && quick.acceptedInterval.low < 0.25 && quick.acceptedInterval.high > 0.25);
    add(store, 'quick', new Array<ProvenanceOutcome>(40).fill('rejected'));
    add(store, 'thorough', new Array<ProvenanceOutcome>(40).fill('accepted'));
    assert.equal(comparePresets(store.records()).best, 'thorough');
    assert.deepEqual(store.acceptance().thorough, { accepted: 43, judged: 43 });
  });

  it('hashes a plan alike whatever the order of its keys', () => {
    assert.equal(
      canonicalJson({ b: [1, { d: 1, c: undefined }], a: 'x' }),
      canonicalJson({ a: 'x', b: [1, { d: 1 }] }),
    );
    assert.notEqual(canonicalJson({ a: 1 }), canonicalJson({ a: 2 }));
  });
});
