/** What is copied for a report: enough to help, and nothing of the code, the paths, the addresses or the keys. */
import { strict as assert } from 'node:assert';
import type { RequestRecord } from '../../../src/core/completion/session/requestLog.ts';
import { type DiagnosticFacts, diagnosticsText } from '../../../src/vscode/completion/diagnosticsText.ts';

const RECORD: RequestRecord = {
  ...{ at: Date.UTC(2026, 10, 22), document: 'file:///home/ada/secret-project/a.ts', line: 12, language: 'typescript' },
  ...{ manual: true, outcome: 'nothing', origin: 'asked', model: 'coder', filters: ['syntax', 'secret'] },
  timings: { contextMs: 3.2, firstMs: 80, modelMs: 120.4, promptMs: null, totalMs: 125 },
  why: 'What coder proposed was rejected: secret.',
  problem: {
    code: 'modelServerDown',
    message: 'No server answers at ada-laptop.example:11434',
    advice: 'ssh ada@host',
  },
  wholeMs: 140,
};

const FACTS: DiagnosticFacts = {
  versions: { Lodestone: '0.1.0', 'VS Code': '1.110.0' },
  ...{ repository: 'orders', engine: 'running' },
  settings: {
    'lodestone.model.endpoint': 'http://ada:sekret@ada-laptop.example:11434',
    'lodestone.healing.python': '/home/ada/venv/bin/python',
    'lodestone.completion.disabledFiles': ['private/**', 'b'],
    'lodestone.completion.trigger': 'manual',
    'lodestone.mining.threads': 2,
  },
  model: { state: 'noServer', name: 'coder', code: 'modelServerDown' },
  mining: { state: 'ready', files: 63, attractors: 36 },
  requests: [RECORD],
  stats: { rows: [], rejected: { syntax: 4 } },
};

describe('diagnostics', () => {
  const text = diagnosticsText(FACTS);

  it('tell versions, states, settings, gates, filters and times', () => {
    for (const told of [
      'Lodestone: 0.1.0',
      'model: coder, noServer (modelServerDown)',
      'mining: ready, 63 files, 36 attractors',
      'lodestone.completion.trigger: "manual"',
      'lodestone.mining.threads: 2',
      'lodestone.completion.disabledFiles: 2 entries',
      'lodestone.model.endpoint: set',
      'by hand: nothing; asked; model coder; rejected by syntax, secret; modelServerDown',
      'context 3 ms, first 80 ms, model 120 ms, total 125 ms',
      'rejected by syntax: 4',
    ])
      assert.ok(text.includes(told), `${told}\n${text}`);
  });

  it('hold no path, no address, no user and no key', () => {
    assert.doesNotMatch(text, /ada|home|secret-project|example|sekret|private|11434/);
  });

  it('do without counts, settings and requests', () => {
    assert.match(
      diagnosticsText({ ...FACTS, settings: {}, requests: [], stats: undefined }),
      /None\.[\s\S]*Not available/,
    );
  });
});
