/** `lodestone bench` on small repositories: figures that can be reckoned by hand, and nothing of the repository touched. */
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Table } from '../../src/cli/bench/completionReport.ts';
import type { CompletionBenchValue } from '../../src/cli/printers/completionBench.ts';
import type { ReplayValue } from '../../src/cli/printers/replay.ts';
import { type FakeModelServer, ollamaLine, startFakeModelServer } from '../fakes/fakeModelServer.ts';
import { Scratch } from './lodestone.ts';

const LINE = 'const total = ledger.sum(entries);';
const UNHEARD = 'const first = unheard.of(everything);';
const around = (line: string) => `open();\n${line}close();\n`;

describe('cli bench replay', () => {
  const scratch = new Scratch();
  const git = (...args: string[]) => {
    const identity = ['-c', 'user.name=A', '-c', 'user.email=a@example.org'];
    // Names of commits take part in what is drawn.
    const env = { ...process.env, GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z', GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z' };
    const run = spawnSync('git', [...identity, ...args], { cwd: scratch.repository, encoding: 'utf8', env });
    assert.equal(run.status, 0, run.stderr);
    return run.stdout;
  };
  const commit = (files: Record<string, string>) => {
    scratch.write(files);
    git('add', '.');
    git('commit', '-q', '-m', 'more');
  };
  const replay = async (...args: string[]) => {
    const value = await scratch.json<ReplayValue>(['bench', 'replay', '.', '--no-model', ...args]);
    return { value, figures: value.repositories[0] as ReplayValue['repositories'][number] };
  };

  before(() => {
    git('init', '-q');
    const sums = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`${name}.ts`, around(`${LINE}\n`)]));
    commit({ ...sums, 'late.ts': around('') });
    commit({ 'early.ts': 'const early = 1;\n' });
    // An import of so many files is nothing that somebody typed, but it is known from then on.
    const imported = Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [`imported/${i}.ts`, `export const x${i} = ${i};\n`]),
    );
    commit({ ...imported, 'new.ts': `start();\n${UNHEARD}\nend();\n`, 'next.ts': 'start();\nend();\n' });
    commit({ 'next.ts': `start();\n${UNHEARD}\nend();\n` });
    commit({ 'late.ts': around(`${LINE}\n`) });
  });
  after(() => scratch.dispose());

  it('types the lines of the last commit again and counts what a copy of the line between the same neighbours saves', async () => {
    const { figures, value } = await replay('--commits', '1');
    assert.equal(value.ranOn.model, null);
    // The line's start and the ends of const, total, =, ledger, ., sum, (, entries and ).
    assert.deepEqual([figures.commits, figures.lines, figures.positions, figures.typed], [1, 1, 10, LINE.length]);
    const copy = figures.arms.find(({ arm }) => arm === 'contextCopy');
    assert.deepEqual([copy?.saved.value, copy?.right, copy?.wrong], [100, 1, 0]);
    assert.deepEqual(figures.recall.lines, 1);
    assert.equal(figures.recall.file.value, 0);
    assert.equal(figures.recall.block.value, 1, 'the block names what all other files call');
    assert.deepEqual(value.overall.arms.find(({ arm }) => arm === 'contextCopy')?.saved, {
      value: 100,
      low: 100,
      high: 100,
    });
    assert.deepEqual(
      figures.leads.map(({ arm, over }) => `${arm} ${over}`),
      ['repository contextCopy', 'repository ngram'],
    );
  });

  it('takes a repository as it was before each commit: what earlier ones brought is known', async () => {
    const { figures } = await replay('--commits', '4');
    assert.equal(figures.typed, 'const early = 1;'.length + UNHEARD.length + LINE.length);
    const copy = figures.arms.find(({ arm }) => arm === 'contextCopy');
    assert.equal(copy?.right, 2);
    const saved = figures.arms.find(({ arm }) => arm === 'repository')?.saved.value ?? 0;
    // Without what the import brought it is 43.
    assert.ok(saved > 50, `${saved}`);
  });

  it('draws places by the seed, and no more than it is told', async () => {
    const { figures } = await replay('--commits', '3', '--positions', '14');
    assert.ok(figures.lines > 0 && figures.positions <= 14, JSON.stringify(figures));
    assert.deepEqual((await replay('--commits', '3', '--positions', '14')).figures.typed, figures.typed);
    const typed = new Set<number>();
    for (const seed of ['2', '3', '4'])
      typed.add((await replay('--commits', '3', '--positions', '14', '--seed', seed)).figures.typed);
    assert.ok(typed.size > 1, 'another seed draws others');
  });

  it('leaves the repository alone and its own copy nowhere', async () => {
    const temporary = join(scratch.folder, 'temporary');
    mkdirSync(temporary);
    const run = await scratch.run(['bench', 'replay', '.', '--no-model'], { env: { TMPDIR: temporary } });
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stdout, /repository, no model +\d/);
    assert.equal(git('status', '--porcelain', '--ignored'), '');
    assert.deepEqual(readdirSync(temporary), []);
  });

  it('ends when it is told to, and clears away', async () => {
    const temporary = join(scratch.folder, 'stopped');
    mkdirSync(temporary);
    const run = await scratch.run(['bench', 'replay', '.', '--no-model'], {
      env: { TMPDIR: temporary },
      started: (child) => {
        const timer = setInterval(() => {
          if (readdirSync(temporary).length > 0) child.kill('SIGINT');
        }, 5);
        child.on('exit', () => clearInterval(timer));
      },
    });
    assert.equal(run.code, 130);
    assert.deepEqual(readdirSync(temporary), []);
  });

  it('refuses what makes no sense', async () => {
    const bare = join(scratch.folder, 'bare');
    mkdirSync(bare);
    writeFileSync(join(scratch.folder, 'prompts.jsonl'), '{"prompt": "add", "fileExt": "ts"}\n{"prompt": 3}\n');
    writeFileSync(join(scratch.folder, 'empty.jsonl'), '\n');
    for (const [args, told] of [
      [['bench'], /argument is missing/],
      [['bench', 'speed'], /no benchmark "speed"/],
      [['bench', 'replay', '.', '--no-model', '--model', 'x'], /exclude each other/],
      [['bench', 'replay', bare, '--no-model'], /no commits/],
      [['bench', 'replay', '.', '--commits', '0', '--no-model'], /--commits/],
      [['bench', 'replay', '.', '--no-model', '--positions', '1'], /nothing to measure[\s\S]*--positions/],
      [['bench', 'replay', '.', '--no-model', '--functions', '3'], /--functions is no option of "bench replay"/],
      [['bench', 'completion', '.', '--no-model', '--ablate'], /exclude each other/],
      [['bench', 'completion', '.', '--no-model', '--block-bytes', '1537'], /at most 1536/],
      [['bench', 'completion', bare, '--no-model'], /nothing to measure[\s\S]*Name repositories/],
      [['bench', 'completion', '.', '--no-model', '--prompts', '../prompts.jsonl'], /Line 2/],
      [['bench', 'completion', '.', '--no-model', '--prompts', '../empty.jsonl'], /holds no prompt/],
      [['bench', 'completion', '.', '--no-model', '--prompts', '../absent.jsonl'], /There is no "..\/absent.jsonl"/],
    ] as const) {
      const run = await scratch.run(args);
      assert.equal(run.code, 2, `${args.join(' ')}: ${run.stderr}`);
      assert.match(run.stderr, told);
    }
  });
});

const NOUNS = ['order', 'invoice', 'basket', 'parcel', 'refund', 'ticket', 'voucher', 'widget'];
const service = (noun: string) => `import { ledger, requireFound } from './ledger';

export async function load(id: string) {
  const ${noun}Found = await ledger.findEntry(id);
  requireFound(${noun}Found, 'it');
  return ${noun}Found;
}
`;

/** An Ollama that has Qwen2.5-Coder, which always answers what it is told to. */
function startFakeModel(answer: (prompt: string) => string): Promise<FakeModelServer> {
  const about = {
    ...{ template: '', capabilities: ['completion'], model_info: { 'general.architecture': 'qwen2' } },
    details: { family: 'qwen2', parameter_size: '6M', quantization_level: 'F16' },
  };
  return startFakeModelServer((response, path, body) => {
    if (path === '/api/version') response.end('{"version": "9.9.9"}');
    else if (path === '/api/show') response.end(JSON.stringify(about));
    else {
      const text = answer((body as { prompt: string }).prompt);
      response.end(ollamaLine(text) + ollamaLine('', { done_reason: 'stop', prompt_eval_count: 100, eval_count: 9 }));
    }
  });
}

describe('cli bench completion', () => {
  const scratch = new Scratch();
  let server: FakeModelServer;
  let value: CompletionBenchValue;
  const prompts = () =>
    server.requests.flatMap(({ path, body }) =>
      path === '/api/generate' ? [(body as { prompt: string }).prompt] : [],
    );
  const table = (kind: Table['kind']) => value.tables.find((each) => each.kind === kind) as Table;
  const figure = (kind: Table['kind'], metric: string, arm: string) =>
    table(kind)
      .metrics.find((each) => each.metric === metric)
      ?.arms.find((each) => each.arm === arm);

  before(async () => {
    for (const noun of NOUNS) scratch.write({ [`src/${noun}.ts`]: service(noun) });
    server = await startFakeModel(() => "requireFound(found, 'it');");
    const args = ['--model', 'qwen2.5-coder', '--endpoint', server.endpoint, '--functions', '4', '--ablate'];
    value = await scratch.json(['bench', 'completion', '.', ...args]);
  });
  after(async () => {
    scratch.dispose();
    await server?.stop();
  });

  it('says what it ran on', () => {
    assert.deepEqual(value.ranOn.model, {
      ...{ name: 'qwen2.5-coder', endpoint: server.endpoint, server: 'Ollama 9.9.9', architecture: 'qwen2' },
      ...{ parameters: '6M', quantisation: 'F16' },
    });
    assert.deepEqual(value.repositories, [{ name: 'repository', commit: null, functions: 4, tasks: 8, tests: null }]);
  });

  it('takes the bodies out before anything is mined: no prompt holds one', () => {
    const held = NOUNS.filter((noun) => prompts().some((prompt) => prompt.includes(`src/${noun}.ts\n<|fim_prefix|>`)));
    assert.equal(held.length, 4);
    const bodies = prompts().filter((prompt) => !/<\|fim_prefix\|>[\s\S]*Found = await/.test(prompt));
    assert.ok(bodies.length > 0);
    for (const noun of held) assert.ok(!bodies.some((prompt) => prompt.includes(`${noun}Found`)), noun);
  });

  it('gives each arm what it is named for', () => {
    const [bare, block] = [
      prompts().filter((prompt) => prompt.startsWith('<|file_sep|>src')),
      prompts().filter((prompt) => prompt.includes('conventions.ts')),
    ];
    assert.ok(bare.length >= 8, 'the file alone');
    assert.ok(bare.some((prompt) => !prompt.includes('conventions.ts')));
    assert.ok(block.every((prompt) => /calls:|requireFound/.test(prompt)));
    assert.ok(
      prompts().some((prompt) => prompt.startsWith('<|repo_name|>repository')),
      'all that an editor gives',
    );
  });

  it('measures what can be reckoned by hand', () => {
    // Of the two APIs that every body calls, the answer has one; the line drawn of it calls that one.
    for (const arm of ['none', 'block']) {
      assert.equal(figure('body', 'apiHitRate', arm)?.mean.value, 0.5);
      assert.equal(figure('line', 'apiHitRate', arm)?.mean.value, 1);
      assert.equal(figure('body', 'firstLine', arm)?.mean.value, 0);
      assert.equal(figure('body', 'complexity', arm)?.mean.value, 1);
      assert.equal(figure('body', 'parses', arm)?.mean.value, 1);
      assert.equal(figure('body', 'securityHits', arm)?.mean.value, 0);
    }
    assert.deepEqual(figure('body', 'apiHitRate', 'block')?.overBaseline, {
      n: 4,
      groups: 4,
      value: 0,
      low: 0,
      high: 0,
    });
    assert.equal(figure('body', 'promptTokens', 'none')?.mean.value, 100);
    assert.equal(figure('body', 'testsPass', 'none')?.mean.n, 0, 'nobody asked for the tests');
    const claim = value.claims.find(({ metric, arm }) => metric === 'apiHitRate' && arm === 'block');
    assert.equal(claim?.verdict, 'not decided', 'of four functions');
    assert.equal(value.ablation.filter(({ metric }) => metric === 'apiHitRate').length, 7);
  });

  it('writes no file of the repository', () => {
    for (const noun of NOUNS) assert.equal(scratch.text(`src/${noun}.ts`), service(noun));
    assert.deepEqual(readdirSync(join(scratch.repository, 'src')).length, NOUNS.length);
  });

  it('answers prompts without a model too, within the schema', async () => {
    const set = { prompt: 'load the order', context: "import { ledger } from './ledger';", fileExt: 'ts' };
    scratch.write({ 'prompts.jsonl': `${JSON.stringify(set)}\n` });
    const args = ['bench', 'completion', '.', '--no-model', '--prompts', join(scratch.repository, 'prompts.jsonl')];
    const answered = await scratch.json<CompletionBenchValue>(args);
    assert.deepEqual(answered.repositories, [
      { name: 'repository', commit: null, functions: 1, tasks: 1, tests: null },
    ]);
    assert.deepEqual(
      answered.tables.map(({ kind, language }) => [kind, language]),
      [['prompt', 'typescript']],
    );
    assert.deepEqual(answered.claims, []);
  });

  it("runs the project's tests where that is asked for and the repository is trusted", async () => {
    const other = new Scratch();
    const right = 'const found = findEntry(id);\n  requireFound(found);\n  return found;';
    const module = `const { findEntry, requireFound } = require('./ledger');\nfunction load(id) {\n  ${right}\n}\nmodule.exports = { load };\n`;
    const names = ['order', 'basket', 'parcel'];
    const informed = await startFakeModel((prompt) =>
      prompt.includes('conventions.js') ? right : 'return requireFound(findEntry(id));',
    );
    try {
      for (const name of names) other.write({ [`${name}.js`]: module });
      other.write({
        'ledger.js': 'exports.findEntry = (id) => id;\nexports.requireFound = (found) => {};\n',
        'check.js': names
          .map((name) => `if (require('./${name}').load(7) !== 7) throw new Error('${name}');\n`)
          .join(''),
        'package.json': '{"scripts": {"test": "node check.js"}}',
      });
      const args = ['bench', 'completion', '.', '--model', 'qwen2.5-coder', '--endpoint', informed.endpoint];
      const found = await other.json<CompletionBenchValue>([...args, '--functions', '1', '--run-tests', '--trust']);
      assert.ok(
        found.tools.some((title) => title.includes('npm test')),
        found.tools.join(),
      );
      const tests = found.tables
        .find(({ kind }) => kind === 'body')
        ?.metrics.find(({ metric }) => metric === 'testsPass');
      const passed = (arm: string) => tests?.arms.find((each) => each.arm === arm)?.mean.value;
      assert.deepEqual([passed('none'), passed('block')], [0, 1]);
      assert.deepEqual(found.repositories[0]?.tests, { telling: 1, silent: 0, unusable: 0 });
      const distrusted = await other.run([...args, '--functions', '1', '--run-tests']);
      assert.equal(distrusted.code, 3);
      assert.match(distrusted.stderr, /not trusted[\s\S]*--trust/);
    } finally {
      await informed.stop();
      other.dispose();
    }
  });

  it('goes on where a linter fails, says so once, and asks neither it nor a compiler of the repository alone', async () => {
    const other = new Scratch();
    const fake = await startFakeModel(() => 'return find(key)');
    const programs = join(other.folder, 'programs');
    mkdirSync(programs);
    // Ruff with "fix = true" in its configuration prints the file.
    const script = '#!/bin/sh\n[ "$1" = --version ] && echo "ruff 0.1.0" || echo "from ledger import find"\n';
    writeFileSync(join(programs, 'ruff'), script, { mode: 0o755 });
    try {
      for (const name of ['order', 'basket', 'parcel'])
        other.write({
          [`${name}.py`]: `from ledger import find, check\n\n\ndef load(key):\n    ${name} = find(key)\n    check(${name})\n    return ${name}\n`,
        });
      const args = ['bench', 'completion', '.', '--model', 'qwen2.5-coder', '--endpoint', fake.endpoint];
      const env = { PATH: `${programs}:${process.env.PATH}` };
      const run = await other.run([...args, '--functions', '2'], { env });
      assert.equal(run.code, 0, run.stderr);
      assert.equal(run.stderr.match(/Ruff failed/g)?.length, 1);
      assert.match(run.stdout, /lint findings an answer: not available/);
      const parses = /parses[^\n]*\n((?: {4}[^\n]*\n)*)/.exec(run.stdout)?.[1] ?? '';
      assert.match(parses, /model, file alone +100.0/);
      assert.doesNotMatch(parses, /repository, no model/);
      const without = await other.run([...args, '--functions', '1', '--no-tools'], { env });
      assert.match(without.stdout, /No compiler or linter was asked/);
      assert.doesNotMatch(without.stderr, /Ruff/);
    } finally {
      await fake.stop();
      other.dispose();
    }
  });

  it('puts the cursor where the body stood in a language that reads indentation', async () => {
    const other = new Scratch();
    const fake = await startFakeModel(() => 'return 1');
    try {
      for (const name of ['order', 'basket', 'parcel'])
        other.write({
          [`${name}.py`]: `from ledger import find, check\n\n\ndef load(key):\n    ${name} = find(key)\n    check(${name})\n    return ${name}\n`,
        });
      const args = ['--model', 'qwen2.5-coder', '--endpoint', fake.endpoint, '--functions', '1', '--no-tools'];
      await other.json<CompletionBenchValue>(['bench', 'completion', '.', ...args]);
      const asked = fake.requests.flatMap(({ body }) => (body as { prompt?: string } | undefined)?.prompt ?? []);
      const typed = asked.map((prompt) => /[^\n]*$/.exec(prompt.split('<|fim_suffix|>')[0] as string)?.[0]);
      // Under pressure a call is begun.
      const blank = typed.filter((line) => line?.trim() === '');
      assert.ok(blank.length > 0);
      for (const line of blank) assert.equal(line, '    ');
    } finally {
      await fake.stop();
      other.dispose();
    }
  });
});
