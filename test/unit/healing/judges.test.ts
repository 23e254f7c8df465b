/** What is told of the project's tests: who ran them, and why nobody did. */
import { strict as assert } from 'node:assert';
import type { DoctorEntry } from '../../../src/core/engine.ts';
import type { HealDeps } from '../../../src/core/healing/fixSources.ts';
import { judgeResult } from '../../../src/core/healing/judges.ts';
import type { Toolchain } from '../../../src/core/ports.ts';

function runner(id: string, language: string, status: DoctorEntry['status']): Toolchain {
  const detail = `${id} is ${status}`;
  return {
    ...{ id, title: id, languages: [language], needsTrust: true },
    probe: async () => ({ tool: id, status, version: '', path: '', detail, advice: '' }),
    diagnose: async () => ({ diagnostics: [], notes: [] }),
  } as unknown as Toolchain;
}

async function judged(tests: readonly Toolchain[], paths: readonly string[]) {
  const languageOf = (path: string) => (path.endsWith('.py') ? 'python' : 'go');
  const deps = { root: '/r', tests, languageOf } as unknown as HealDeps;
  const snapshot = { root: '/r', overlay: new Map<string, string>() };
  const verdict = await judgeResult(deps, { tests: true }, snapshot, snapshot, paths, { trusted: true });
  return { tests: verdict.tests, notes: verdict.notes.map(({ message }) => message) };
}

describe('the project’s tests', () => {
  it('are run by one of a language’s runners, and nothing is told of the others', async () => {
    const [idle, ready] = [runner('a', 'python', 'notNeeded'), runner('b', 'python', 'ok')];
    assert.deepEqual(await judged([idle, ready], ['x.py']), { tests: 'passed', notes: [] });
    assert.deepEqual(await judged([ready, idle], ['x.py']), { tests: 'passed', notes: [] });
  });

  it('are not run where nobody can, with each one’s reason; so for each language', async () => {
    const [one, two] = [runner('a', 'python', 'notNeeded'), runner('b', 'python', 'missing')];
    const notes = ['a is notNeeded', 'b is missing'];
    assert.deepEqual(await judged([one, two], ['x.py']), { tests: 'notRun', notes });
    const go = runner('c', 'go', 'ok');
    assert.deepEqual(await judged([one, two, go], ['x.py', 'y.go']), { tests: 'passed', notes });
  });
});
