/** `lodestone complete` with a real Ollama server: what the server was given, and what comes back. */
import { strict as assert } from 'node:assert';
import type { CompletionReport } from '../../src/core/completion/completion.ts';
import { Scratch } from '../cli/lodestone.ts';
import { needs } from '../missing.ts';
import { codeModelFolder, findOllama, OLLAMA_PROGRAM, type OllamaServer, startOllama } from './ollamaServer.ts';

const FILE = `export function total(prices: number[]): number {
  let sum = 0;
  for (const price of prices) {
    sum +=
  }
  return sum;
}
`;

describe('completion by a model', () => {
  const scratch = new Scratch();
  let server: OllamaServer;

  before(async function () {
    needs(this, findOllama(), OLLAMA_PROGRAM);
    server = await startOllama();
    await server.importModel('coder', codeModelFolder());
    await server.importModel('mute', codeModelFolder(), '{{ .Prompt }}');
    scratch.write({ 'src/total.ts': FILE });
  });
  after(async () => {
    scratch.dispose();
    await server?.stop();
  });

  const complete = (...args: string[]) =>
    scratch.json<CompletionReport>(['complete', 'src/total.ts', '--line', '4', '--endpoint', server.endpoint, ...args]);

  it('asks in the raw form of the family that the template tells, one line where one is wanted', async () => {
    const report = await complete('--model', 'coder');
    assert.equal(report.prompt?.family, 'qwen2.5-coder');
    assert.equal(report.prompt?.mode, 'raw');
    assert.equal(report.completions.length + report.rejected.length > 0, true);
    assert.equal(report.why === null, report.completions.length > 0);
    // One line was wanted: no completion goes past it.
    for (const { text, source } of report.completions) {
      assert.equal(source, 'model');
      assert.ok(!text.includes('\n'), text);
    }
  });

  it('says how many tokens the server read where it ended by itself', async () => {
    const { prompt, timings } = await complete('--model', 'coder', '--column', '5');
    // Random weights write on and on: that answer is stopped by us, and the server counts nothing then.
    if (prompt?.tokens === null && codeModelFolder().includes('random')) return;
    assert.ok((prompt?.tokens ?? 0) > 20, JSON.stringify(prompt));
    assert.ok((timings.promptMs ?? 0) > 0);
  });

  it('answers the same again', async () => {
    const [first, second] = [await complete('--model', 'coder'), await complete('--model', 'coder')];
    assert.deepEqual(second.completions, first.completions);
    assert.deepEqual(second.rejected, first.rejected);
  });

  it('declines a model that cannot fill in, and names one that is missing', async () => {
    for (const [model, told] of [
      ['mute', /fill in/],
      ['absent', /ollama pull absent/],
    ] as const) {
      const args = ['complete', 'src/total.ts', '--line', '4', '--endpoint', server.endpoint, '--model', model];
      const run = await scratch.run(args);
      assert.equal(run.code, 3);
      assert.match(run.stderr, told);
    }
  });
});
