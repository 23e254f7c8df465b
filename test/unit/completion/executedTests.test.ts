/** Executed pass@1 with a runner that is told what fails: what counts as passed, and what nothing can be told of. */
import { strict as assert } from 'node:assert';
import { cancelled, LodestoneError } from '../../../src/base/errors.ts';
import type { Task } from '../../../src/cli/bench/completionTasks.ts';
import { ExecutedTests } from '../../../src/cli/bench/executedTests.ts';
import type { Toolchain } from '../../../src/core/ports.ts';

const task: Task = {
  ...{ group: 'r/a.py#load', kind: 'body', path: 'a.py', language: 'python', prefix: '', suffix: '' },
  ...{ truth: 'return 1', apis: [], related: [], whole: (text) => `def load(): ${text}` },
};

describe('executed tests', () => {
  const runs: string[] = [];
  const warnings: string[] = [];
  beforeEach(() => {
    runs.length = 0;
    warnings.length = 0;
  });

  /** `failing`: names of the tests that fail, by the body. */
  const testsWith = (
    failing: (body: string) => readonly string[] | Promise<readonly string[]>,
    signal?: AbortSignal,
  ) => {
    const runner = {
      ...{ id: 'pytest', title: 'pytest', languages: ['python'], needsTrust: true },
      async diagnose({ overlay }, [path = ''], { trusted }) {
        assert.ok(trusted);
        const body = (overlay.get(path) ?? '').replace('def load(): ', '');
        runs.push(body);
        const place = { path, line: 1, column: 1, endLine: 1, endColumn: 1 };
        const about = { category: 'test failure', severity: 'error', message: '', tool: 'pytest' } as const;
        return { diagnostics: (await failing(body)).map((code) => ({ ...place, ...about, code })), notes: [] };
      },
    } as Partial<Toolchain> as Toolchain;
    return new ExecutedTests({
      ...{ root: '/r', runners: async () => [runner], onAsked: () => undefined },
      ...{ warn: (message) => warnings.push(message), signal: signal ?? new AbortController().signal },
    });
  };

  it('takes no test against an answer that fails with the true body too', async () => {
    const tests = testsWith((body) => (body === 'pass' || body === 'return 2' ? ['old', 'load'] : ['old']));
    assert.equal(await tests.pass(task, 'return int(1)'), 1);
    assert.equal(await tests.pass(task, 'return 2'), 0);
    assert.deepEqual(tests.counts, { telling: 1, silent: 0, unusable: 0 });
  });

  it('runs nothing twice, and nothing for nothing', async () => {
    const tests = testsWith((body) => (body === 'return 1' ? [] : ['load']));
    assert.deepEqual([await tests.pass(task, 'x'), await tests.pass(task, 'x'), await tests.pass(task, '')], [0, 0, 0]);
    await tests.pass({ ...task, group: 'another' }, '');
    assert.deepEqual(runs, ['return 1', 'pass', 'x', 'pass'], 'the repository as it is but once');
  });

  it('tells nothing of a body that no test needs', async () => {
    const tests = testsWith(() => []);
    assert.equal(await tests.pass(task, 'anything'), null);
    assert.deepEqual(runs, ['return 1', 'pass']);
    assert.deepEqual(tests.counts, { telling: 0, silent: 1, unusable: 0 });
  });

  it('tells nothing where the suite fails as it is without a name, and says so once', async () => {
    const tests = testsWith(() => ['npm test']);
    assert.equal(await tests.pass(task, 'x'), null);
    assert.equal(await tests.pass({ ...task, group: 'another' }, 'x'), null);
    assert.equal(tests.counts.unusable, 2);
    assert.equal(warnings.length, 1);
    assert.deepEqual(runs, ['return 1']);
  });

  it('counts an answer that never ends as failed', async () => {
    const tests = testsWith((body) => {
      if (body === 'loop') throw new LodestoneError('toolTimedOut', 'The tests did not end.');
      return body === 'return 1' ? [] : ['load'];
    });
    assert.equal(await tests.pass(task, 'loop'), 0);
  });

  it('ends where somebody ends it', async () => {
    const stop = new AbortController();
    const tests = testsWith(() => {
      stop.abort();
      throw cancelled();
    }, stop.signal);
    await assert.rejects(tests.pass(task, 'x'), { code: 'cancelled' });
    assert.deepEqual(warnings, []);
  });

  it('has no runner, no verdict', async () => {
    const tests = new ExecutedTests({
      ...{ root: '/r', runners: async () => [], onAsked: () => undefined, warn: () => undefined },
      signal: new AbortController().signal,
    });
    assert.equal(await tests.pass(task, 'x'), null);
    assert.equal(tests.counts.unusable, 1);
  });
});
