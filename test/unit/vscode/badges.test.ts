/** Why an attractor is on the page: each badge from its own evidence, and none where nothing is known. */
import { strict as assert } from 'node:assert';
import type { Attractor, Deviant, ResonanceComponent } from '../../../src/core/mining/attractor.ts';
import { badgesOf, placesOf } from '../../../src/vscode/sidebar/badges.ts';

function attractor(values: Partial<Record<ResonanceComponent['name'], number>>, more: Partial<Attractor> = {}) {
  const components = Object.entries(values).map(([name, value]) => ({
    name: name as ResonanceComponent['name'],
    value,
    weight: 0.1,
    explanation: '',
  }));
  return { language: 'typescript', apis: [], common: false, components, ...more } as unknown as Attractor;
}

function deviant(apis: string[], more: Partial<Deviant> = {}): Deviant {
  const site = { path: 'a.ts', line: 1, endLine: 1, text: 'a' };
  return {
    id: apis.join(),
    rule: 'r',
    apis,
    language: 'typescript',
    kept: 20,
    broken: 1,
    confidence: 0.9,
    sites: [site],
    example: site,
    ...more,
  };
}

describe('badges', () => {
  it('call specific what is far more frequent here than elsewhere, and no idiom of a framework', () => {
    assert.equal(badgesOf(attractor({ specificity: 0.75 }), []).specific, true);
    assert.equal(badgesOf(attractor({ specificity: 0.74 }), []).specific, false);
    assert.equal(badgesOf(attractor({ specificity: 1 }, { common: true }), []).specific, false);
    assert.equal(badgesOf(attractor({}), []).specific, false);
  });

  it('call recurring what is more likely than not to be written again, where a history says so', () => {
    assert.equal(badgesOf(attractor({ survival: 0.1 }, { resonance: 0.5 }), []).recurs, true);
    assert.equal(badgesOf(attractor({ survival: 0.9 }, { resonance: 0.49 }), []).recurs, false);
    // A history of one commit: nothing has lasted.
    assert.equal(badgesOf(attractor({ survival: 0 }, { resonance: 0.9 }), []).recurs, false);
    assert.equal(badgesOf(attractor({ specificity: 1 }, { resonance: 0.9 }), []).recurs, false);
  });

  it('find the deviants about one of its APIs in its language family', () => {
    const found = (apis: string[], rule: Deviant) => badgesOf(attractor({}, { apis }), [rule]).deviants.length;
    assert.equal(found(['db.save'], deviant(['db.save'])), 1);
    assert.equal(found(['save'], deviant(['db.save'])), 1);
    assert.equal(found(['store::save'], deviant(['save'])), 1);
    assert.equal(found(['cache.save'], deviant(['db.save'])), 0);
    assert.equal(found(['resave'], deviant(['save'])), 0);
    assert.equal(found(['save'], deviant(['save'], { language: 'tsx' })), 1);
    assert.equal(found(['save'], deviant(['save'], { language: 'python' })), 0);
    assert.equal(found([], deviant([])), 0);
  });

  it('count the places that deviate', () => {
    assert.equal(placesOf([deviant(['a']), deviant(['b'], { broken: 3 })]), 4);
  });
});
