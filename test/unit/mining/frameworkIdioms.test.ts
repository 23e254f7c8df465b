/** What everybody who uses a framework writes, told apart from what this repository says with it. */
import { strict as assert } from 'node:assert';
import type { BackgroundModel } from '../../../src/core/mining/background.ts';
import { isFrameworkIdiom } from '../../../src/core/mining/idiomCandidate.ts';
import { backgroundModel } from '../../../src/core/mining/miningReducer.ts';
import { shippedDeps } from './mineTexts.ts';

describe('framework idioms', () => {
  let model: BackgroundModel;
  const isCommon = (...labels: string[]) => isFrameworkIdiom({ labels }, model);

  before(async () => {
    const deps = await shippedDeps({ now: () => 0, yieldNow: async () => undefined });
    model = backgroundModel(deps, 'ecmascript');
  });

  it('are chains of matchers of frameworks for tests', () => {
    assert.ok(isCommon('chain .toBeNull', 'chain .not', 'call expect'));
  });

  it('are not chains in which the repository has a word of its own', () => {
    assert.ok(!isCommon('chain .toBeNull', 'call expect', 'call openVault'));
    assert.ok(!isCommon('chain .toBeNull', 'call expect', 'key sealedVault'));
  });

  it('are one word of another framework, not several', () => {
    assert.ok(isCommon('call useState'));
    assert.ok(!isCommon('call useState', 'call useEffect'));
  });
});
