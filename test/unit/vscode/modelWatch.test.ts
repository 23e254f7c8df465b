/** What is known of a model, from its server and from answers; and when the machine saves power. */
import { strict as assert } from 'node:assert';
import type { CompletionReport } from '../../../src/core/completion/completion.ts';
import type { ModelStatus } from '../../../src/core/engine.ts';
import { ModelWatch } from '../../../src/vscode/completion/modelWatch.ts';
import { PowerWatch } from '../../../src/vscode/completion/powerWatch.ts';

const STATUS: ModelStatus = { endpoint: 'http://here', model: 'coder', installed: ['coder'], ready: true };
const report = (told: Partial<CompletionReport>) =>
  ({ model: 'coder', notice: null, completions: [{}], rejected: [], ...told }) as CompletionReport;
const problem = (code: 'modelMissing' | 'modelServerDown' | 'modelOutOfMemory') => ({
  code,
  message: code,
  advice: '',
});

describe('model watch', () => {
  for (const [state, status] of [
    ['ready', {}],
    ['none', { model: null }],
    ['missing', { ready: false, installed: ['other'] }],
    ['noServer', { ready: false, problem: problem('modelServerDown') }],
    ['failed', { ready: false, problem: problem('modelOutOfMemory') }],
  ] as const)
    it(`${state}: ${JSON.stringify(status)}`, async () => {
      const watch = new ModelWatch(async () => ({ ...STATUS, ...status }));
      assert.equal(watch.of('a').state, 'unknown');
      await watch.refresh('a');
      assert.equal(watch.of('a').state, state);
      assert.equal(watch.of('b').state, 'unknown');
    });

  it('learns from answers, and tells only of what is new', () => {
    const watch = new ModelWatch(async () => STATUS);
    let news = 0;
    watch.onChange(() => news++);
    assert.ok(watch.learn('a', report({ notice: problem('modelServerDown') })));
    assert.ok(!watch.learn('a', report({ notice: problem('modelServerDown') })));
    assert.equal(watch.of('a').state, 'noServer');
    assert.ok(!watch.learn('a', report({ model: null })), 'the repository was asked alone');
    assert.ok(watch.learn('a', report({})));
    assert.deepEqual(watch.of('a'), { state: 'ready', model: 'coder' });
    assert.equal(news, 2);
  });
});

describe('power watch', () => {
  it('asks only where it is wanted, now and then, and believes the last answer', async () => {
    let [now, asked, wanted, onBattery] = [0, 0, false, true];
    const watch = new PowerWatch(
      async () => {
        asked++;
        return { onBattery };
      },
      () => wanted,
      () => now,
    );
    assert.equal(watch.saves, false);
    assert.equal(asked, 0);
    wanted = true;
    assert.equal(watch.saves, false, 'nothing is known yet');
    await Promise.resolve();
    assert.equal(watch.saves, true);
    assert.equal(asked, 1);
    onBattery = false;
    now = 60_000;
    assert.equal(watch.saves, true);
    await Promise.resolve();
    assert.equal(watch.saves, false);
    assert.equal(asked, 2);
  });
});
