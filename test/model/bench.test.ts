/** `lodestone bench` with a real Ollama server and a small real model: every figure is there, and the prompts really differ. */
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { METRICS } from '../../src/cli/bench/completionReport.ts';
import type { CompletionBenchValue } from '../../src/cli/printers/completionBench.ts';
import type { ReplayValue } from '../../src/cli/printers/replay.ts';
import { Scratch } from '../cli/lodestone.ts';
import { needs } from '../missing.ts';
import { codeModelFolder, findOllama, OLLAMA_PROGRAM, type OllamaServer, startOllama } from './ollamaServer.ts';

const NOUNS = ['order', 'invoice', 'basket', 'parcel', 'refund', 'ticket'];
const service = (noun: string) => `import { ledger, requireFound } from './ledger';

export async function load(id: string) {
  const ${noun} = await ledger.findEntry(id);
  requireFound(${noun}, 'it');
  return ${noun};
}
`;

describe('benchmarks with a model', () => {
  const scratch = new Scratch();
  let server: OllamaServer;

  before(async function () {
    needs(this, findOllama(), OLLAMA_PROGRAM);
    // At this level the log has the text that reached the model.
    server = await startOllama({ OLLAMA_DEBUG: '2' });
    await server.importModel('coder', codeModelFolder());
    for (const noun of NOUNS) scratch.write({ [`src/${noun}.ts`]: service(noun) });
    const identity = ['-c', 'user.name=A', '-c', 'user.email=a@example.org'];
    const git = (...args: string[]) =>
      assert.equal(spawnSync('git', [...identity, ...args], { cwd: scratch.repository }).status, 0);
    git('init', '-q');
    git('add', '.');
    git('commit', '-q', '-m', 'one');
    scratch.write({ 'src/voucher.ts': service('voucher') });
    git('add', '.');
    git('commit', '-q', '-m', 'two');
  });
  after(async () => {
    scratch.dispose();
    await server?.stop();
  });

  const bench = <T>(what: string, ...args: string[]): Promise<T> =>
    scratch.json<T>([
      'bench',
      what,
      '.',
      '--model',
      'coder',
      '--endpoint',
      server.endpoint,
      '--block-bytes',
      '300',
      ...args,
    ]);

  it('measures every metric of every arm, on prompts that differ where the arms do', async () => {
    const mark = server.mark();
    const value = await bench<CompletionBenchValue>('completion', '--functions', '2', '--context-tokens', '640');
    assert.match(value.ranOn.model?.server ?? '', /^Ollama \d/);
    assert.deepEqual(
      value.tables.map(({ kind, tasks }) => [kind, tasks]),
      [
        ['body', 2],
        ['line', 2],
      ],
    );
    for (const { metrics } of value.tables) {
      assert.deepEqual(
        metrics.map(({ metric }) => metric),
        METRICS,
      );
      for (const name of ['firstLine', 'editSimilarity', 'identifierF1', 'apiHitRate', 'expectedApiHitRate', 'totalMs'])
        for (const { arm, mean } of metrics.find(({ metric }) => metric === name)?.arms ?? [])
          assert.equal(mean.n, 2, `${name} of ${arm}`);
    }
    assert.equal(value.claims.length, 5);
    const prompts = [...server.log(mark).matchAll(/msg="completion request" prompt=("(?:[^"\\]|\\.)*")/g)].map(
      ([, quoted]) => JSON.parse(quoted as string) as string,
    );
    const bare = prompts.filter((prompt) => !prompt.includes('conventions.ts') && !prompt.includes('<|repo_name|>'));
    const block = prompts.filter((prompt) => prompt.includes('conventions.ts'));
    assert.ok(bare.length >= 4, `${bare.length} of the file alone`);
    assert.ok(
      block.length >= 4 && block.every((prompt) => /conventions\.ts\n[^<]*(?:findEntry|requireFound)/.test(prompt)),
    );
    // The same place with and without: what stands behind the block is the same.
    const fill = (prompt: string) => prompt.slice(prompt.indexOf('<|fim_prefix|>'));
    assert.ok(bare.some((prompt) => block.some((other) => fill(other) === fill(prompt))));
  });

  it('replays with the model beside the repository and the baselines', async () => {
    const value = await bench<ReplayValue>('replay', '--commits', '1', '--positions', '20');
    const [figures] = value.repositories;
    assert.ok((figures?.positions ?? 0) > 0);
    assert.deepEqual(
      figures?.arms.map(({ arm }) => arm),
      ['repository', 'model', 'modelAndContext', 'product', 'contextCopy', 'ngram'],
    );
    assert.deepEqual(figures?.times.map(({ arm }) => arm).sort(), [
      'model',
      'modelAndContext',
      'product',
      'repository',
    ]);
    assert.ok(value.overall.leads.some(({ arm, over }) => arm === 'modelAndContext' && over === 'model'));
  });

  it('fails before anything is mined where the model is missing', async () => {
    const run = await scratch.run(['bench', 'replay', '.', '--model', 'absent', '--endpoint', server.endpoint]);
    assert.equal(run.code, 3);
    assert.match(run.stderr, /ollama pull absent/);
  });
});
