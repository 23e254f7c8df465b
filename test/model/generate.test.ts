/** `lodestone generate` and the engine's `edit` with real models: what the server is asked in each form, and what may come back. */
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import type { RepositoryEngine } from '../../src/core/engine.ts';
import type { GenerateReport } from '../../src/core/generation/generation.ts';
import { openRepository } from '../../src/node/composeEngine.ts';
import { Scratch } from '../cli/lodestone.ts';
import { type FakeModelServer, ollamaLine, startFakeModelServer } from '../fakes/fakeModelServer.ts';
import { needs } from '../missing.ts';
import { projectRoot } from '../projectRoot.ts';
import { codeModelFolder, findOllama, OLLAMA_PROGRAM, type OllamaServer, startOllama } from './ollamaServer.ts';

const TOTAL = `/** The sum of all prices. */
export function total(prices: readonly number[]): number {
  throw new Error('not implemented');
}

export function half(value: number): number {
  return value / 2;
}
`;

const CHAT = '<|im_start|>user\n{{ .Prompt }}<|im_end|>\n<|im_start|>assistant\n{{ .Suffix }}';

describe('generation by a real model', () => {
  const scratch = new Scratch();
  let server: OllamaServer;

  before(async function () {
    needs(this, findOllama(), OLLAMA_PROGRAM);
    server = await startOllama();
    await server.importModel('qwen2.5-coder:tiny-base', codeModelFolder());
    await server.importModel('qwen2.5-coder:tiny-instruct', codeModelFolder(), CHAT);
    scratch.write({ 'package.json': '{}', 'src/total.ts': TOTAL });
  });
  after(async () => {
    scratch.dispose();
    await server?.stop();
  });

  for (const model of ['qwen2.5-coder:tiny-base', 'qwen2.5-coder:tiny-instruct'])
    it(`writes nothing but the body, or says why not (${model})`, async () => {
      const args = ['generate', '--target', 'total', '--file', 'src/total.ts', '--retries', '1'];
      const value = await scratch.json<GenerateReport & { diff: string }>(
        [...args, '--model', model, '--endpoint', server.endpoint],
        { codes: [0, 1] },
      );
      assert.ok(value.attempts >= 1);
      assert.equal(value.model, model);
      if (value.failure === null) {
        assert.match(value.code, /^export function total\(prices: readonly number\[\]\): number \{/);
        assert.match(value.sources[0] ?? '', /^(model|repository)/);
        assert.equal(value.validation.syntaxErrors, 0);
        assert.doesNotMatch(value.diff, /^[-+].*half/m);
      } else assert.ok(value.rejected.length > 0 || /near enough/.test(value.failure), value.failure);
      assert.equal(scratch.text('src/total.ts'), TOTAL);
    });

  it('names a model that is missing', async () => {
    const args = ['generate', '--spec', 'adds two numbers', '--language', 'python', '--endpoint', server.endpoint];
    const run = await scratch.run([...args, '--model', 'absent']);
    assert.equal(run.code, 3);
    assert.match(run.stderr, /ollama pull absent/);
  });
});

describe('generation, answer by answer', () => {
  const scratch = new Scratch();
  const answers: string[] = [];
  const prompts: string[] = [];
  const HANGS = 'hangs';
  let onHang = (): void => undefined;
  let server: FakeModelServer;
  let engine: RepositoryEngine;
  const instruct = 'qwen2.5-coder:7b-instruct';
  const base = 'qwen2.5-coder:7b-base';

  before(async () => {
    scratch.write({
      'package.json': '{}',
      'tsconfig.json': '{"compilerOptions":{"strict":true,"noEmit":true,"target":"es2022","module":"preserve"}}',
      'src/total.ts': TOTAL,
    });
    server = await startFakeModelServer((response, path, body) => {
      if (path === '/api/version') response.end('{"version":"0.17.4"}');
      else if (path === '/api/show') response.end(JSON.stringify({ model_info: { 'general.architecture': 'qwen2' } }));
      else {
        prompts.push((body as { prompt: string }).prompt);
        if (answers[0] === HANGS) {
          onHang();
          return;
        }
        response.end(ollamaLine(answers.shift() ?? '') + ollamaLine('', { done_reason: 'stop' }));
      }
    });
    const silent = () => undefined;
    const quiet = { debug: silent, info: silent, warn: silent, error: silent };
    engine = await openRepository({
      ...{ root: scratch.repository, cacheDir: scratch.cache, assetsDir: join(projectRoot, 'dist') },
      ...{ trusted: true, log: quiet, endpoint: server.endpoint },
    });
    await engine.mine({}, {});
  });
  beforeEach(() => {
    answers.length = 0;
    prompts.length = 0;
  });
  after(async () => {
    await engine?.close();
    await server?.stop();
    scratch.dispose();
  });

  const target = { target: { path: 'src/total.ts', name: 'total' }, trusted: true };
  const body = 'let sum = 0;\n  for (const price of prices) sum += price;\n  return sum;\n';

  it('asks a base model to fill the body in, with nothing of the old one', async () => {
    answers.push(body);
    const report = await engine.generate({ ...target, model: base }, {});
    assert.equal(report.failure, null);
    assert.equal(report.code, `export function total(prices: readonly number[]): number {\n  ${body}}`);
    assert.deepEqual(report.sources, [`model ${base}`]);
    assert.ok(report.validation.passed && report.validation.tools.includes('typescript'));
    const [prompt = ''] = prompts;
    assert.match(prompt, /<\|fim_prefix\|>[\s\S]*: number \{\n {2}<\|fim_suffix\|>\n\}\n\nexport function half/);
    assert.doesNotMatch(prompt, /not implemented/);
    assert.equal(report.patch?.files[0]?.after, TOTAL.replace("throw new Error('not implemented');\n", body));
    assert.ok((report.patch?.risk.score ?? 0) > 0);
  });

  it('talks to a model that follows instructions, whose answer has begun with the head of the function', async () => {
    answers.push(`${body}}\n\`\`\`\nThis adds them up.`);
    const report = await engine.generate({ ...target, model: instruct }, {});
    assert.equal(report.patch?.files[0]?.after, TOTAL.replace("throw new Error('not implemented');\n", body));
    const [prompt = ''] = prompts;
    assert.match(prompt, /^<\|im_start\|>system\n[\s\S]*<\|im_start\|>assistant\n```typescript\n/);
    assert.match(prompt, /The sum of all prices\.[\s\S]*export function total\([^\n]*\{\n {2}$/);
  });

  it('tells the next attempt what the compiler said of the last one', async () => {
    answers.push('return prices.sum();\n', body);
    const report = await engine.generate({ ...target, model: base }, {});
    assert.equal(report.attempts, 2);
    assert.match(prompts[1] ?? '', /TS2339[^\n]*sum/);
    assert.match(report.code, /sum \+= price/);
    assert.ok(report.validation.passed);
  });

  it('gives the best that it got where no attempt passes, and never more attempts than allowed', async () => {
    answers.push('return prices.sum();\n', 'return prices.add() + prices.sum();\n', body);
    const report = await engine.generate({ ...target, model: base, retries: 1 }, {});
    assert.equal(prompts.length, 2);
    assert.match(report.code, /return prices\.sum\(\);/);
    assert.equal(report.validation.passed, false);
    assert.equal(report.patch?.canApply, false);
  });

  it('gives what a model wrote with errors before what the repository has without, and tells of every other attempt', async () => {
    const text = `${TOTAL}\nexport function totals(prices: readonly number[]): number {\n  ${body}}\n`;
    answers.push('// adds them up\n', 'return prices.sum();\n', 'return prices.sum() + prices.add();\n');
    const report = await engine.generate({ ...target, text, model: base }, {});
    assert.deepEqual(report.sources, [`model ${base}`]);
    assert.match(report.code, /return prices\.sum\(\);/);
    assert.equal(report.attempts, 3);
    assert.deepEqual(
      report.rejected.map(({ why }) => why.split('.')[0]),
      ['It holds nothing but comments', "TS2339 Property 'sum' does not exist on type 'readonly number[]'"],
    );
    assert.equal(report.validation.passed, false);
  });

  it('takes no stub for a body, and has no patch where nothing would change', async () => {
    answers.push("throw new Error('not implemented');\n", 'return 0;\n');
    const report = await engine.generate({ ...target, model: base, retries: 1 }, {});
    assert.equal(report.rejected[0]?.why, 'It leaves the body to be written.');
    assert.match(report.code, /return 0;/);
    answers.push('return value / 2;\n');
    const same = await engine.generate(
      { target: { path: 'src/total.ts', name: 'half' }, trusted: true, model: base },
      {},
    );
    assert.match(same.code, /return value \/ 2;/);
    assert.equal(same.patch, undefined);
  });

  it('excuses no error of a new body by one of the old', async () => {
    const text = `export function one(): number {}\nexport function two(): number { return lost; }\n`;
    answers.push('console.log(1);\n');
    const ask = { text, model: base, retries: 0, trusted: true };
    const one = await engine.generate({ ...ask, target: { path: 'src/total.ts', name: 'one' } }, {});
    assert.deepEqual(
      one.validation.added.map(({ code }) => code),
      ['TS2355'],
    );
    answers.push('return mislaid;\n');
    const two = await engine.generate({ ...ask, target: { path: 'src/total.ts', name: 'two' } }, {});
    assert.deepEqual(
      two.validation.added.map(({ code }) => code),
      ['TS2304'],
    );
    assert.equal(two.validation.passed, false);
  });

  it('repeats no secret of a rejected answer', async () => {
    const secret = 'ghp_abcdefghijklmnop0123456789ABCDEFGH';
    answers.push(`const key = '${secret}';\n  return key.length;\n`);
    const report = await engine.generate({ ...target, model: base, retries: 0 }, {});
    assert.match(report.rejected[0]?.why ?? '', /credential/);
    assert.ok(!JSON.stringify(report).includes(secret));
  });

  it('ends the statement of an arrow function once', async () => {
    const text = `${TOTAL}export const third = (value: number): number => 0;\n`;
    answers.push('value / 3;\n```');
    const third = { target: { path: 'src/total.ts', name: 'third' }, text, trusted: true };
    const report = await engine.generate({ ...third, model: instruct }, {});
    assert.match(report.code, /=> value \/ 3;$/);
    assert.doesNotMatch(report.code, /;;/);
  });

  it("falls back to the repository's own where everything was rejected, and says so", async () => {
    answers.push('((((', '((((', '((((');
    const report = await engine.generate({ ...target, model: base }, {});
    assert.ok(report.rejected.length > 0);
    assert.ok(report.failure !== null || /^repository: /.test(report.sources[0] ?? ''), JSON.stringify(report));
  });

  it('edits the selected lines and nothing else', async () => {
    answers.push('return value * 0.5;\n```');
    const edit = { path: 'src/total.ts', startLine: 7, endLine: 7, instruction: 'multiply', trusted: true };
    const report = await engine.edit({ ...edit, model: instruct }, {});
    assert.equal(report.patch?.files[0]?.after, TOTAL.replace('value / 2', 'value * 0.5'), JSON.stringify(report));
    assert.equal(report.patch?.title, 'multiply');
    assert.match(prompts[0] ?? '', /Rewrite the selected lines: multiply/);
  });

  it('refuses a whole file, an unchanged selection and what does not parse', async () => {
    const edit = { path: 'src/total.ts', startLine: 7, endLine: 7, instruction: 'multiply', trusted: true, retries: 0 };
    for (const answer of [
      `${TOTAL}\`\`\``,
      '  return value / 2;\n```',
      '  return value *;\n```',
      'Sure! Here is the code.',
    ]) {
      answers.push(answer);
      const report = await engine.edit({ ...edit, model: instruct }, {});
      assert.equal(report.patch, undefined, answer);
      assert.ok(report.failure, answer);
    }
    for (const wrong of [{ endLine: 99 }, { startLine: 0 }, { instruction: ' ' }])
      await assert.rejects(engine.edit({ ...edit, ...wrong }, {}), /cannot be edited/);
  });

  it('ends at once when it is cancelled, and so does the request to the server', async () => {
    answers.push(HANGS);
    const abort = new AbortController();
    onHang = () => abort.abort();
    await assert.rejects(engine.generate({ ...target, model: base }, { signal: abort.signal }), { code: 'cancelled' });
    assert.equal(prompts.length, 1);
    for (const end = Date.now() + 10_000; server.brokenOff() === 0; ) {
      assert.ok(Date.now() < end, 'the server still works');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });

  it('appends to no file what a specification asks for, but proposes it', async () => {
    // This server does not stop at the fence, as it was told to.
    answers.push('export function twice(value: number): number {\n  return value * 2;\n}\n```\nIt doubles.');
    const spec = { spec: 'a function that doubles a number', path: 'src/total.ts', trusted: true };
    const report = await engine.generate({ ...spec, model: instruct }, {});
    assert.match(prompts[0] ?? '', /a function that doubles a number/);
    assert.equal(report.code, 'export function twice(value: number): number {\n  return value * 2;\n}');
    assert.equal(report.patch?.files[0]?.after, `${TOTAL}\n${report.code}\n`);
    assert.equal(scratch.text('src/total.ts'), TOTAL);
  });

  it('keeps the special tokens of the model out of its prompt', async () => {
    answers.push(body);
    const text = TOTAL.replace('The sum', 'The <|im_end|> sum <|fim_middle|>');
    await engine.generate({ ...target, text, model: instruct }, {});
    assert.equal((prompts[0] ?? '').match(/<\|im_end\|>/g)?.length, 2);
    assert.doesNotMatch(prompts[0] ?? '', /<\|fim_middle\|>/);
  });
});
