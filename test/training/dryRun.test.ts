/** The whole of training in small on one core: pack this repository, train, be killed, go on, export, measure. */
import { strict as assert } from 'node:assert';
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { needs } from '../missing.ts';
import { projectRoot } from '../projectRoot.ts';
import { hasTraining, runPython } from './python.ts';

interface Event {
  readonly event: string;
  readonly step: number;
  readonly loss: number;
  readonly elbo: number;
}

describe('training in small', function () {
  this.timeout(300_000);
  const scratch = mkdtempSync(join(tmpdir(), 'lodestone-training-'));
  const at = (name: string): string => join(scratch, name);
  const trainToy = [
    '-m',
    'training',
    'train',
    '--preset',
    'toy',
    '--data',
    at('data'),
    '--out',
    at('run'),
    '--device',
    'cpu',
  ];

  async function succeeds(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await runPython(['-m', 'training', ...args]);
    assert.equal(code, 0, stderr || stdout);
    return stdout;
  }

  async function fails(message: RegExp, ...args: string[]): Promise<void> {
    const { code, stderr } = await runPython(['-m', 'training', ...args]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /Traceback/);
  }

  function log(): Event[] {
    const lines = readFileSync(join(at('run'), 'log.jsonl'), 'utf8')
      .trim()
      .split('\n');
    return lines.map((line) => JSON.parse(line) as Event);
  }

  function assertManifests(folder: string): void {
    const schema = readFileSync(join(projectRoot, 'src/data/schemas/denoiser-manifest.schema.json'), 'utf8');
    const validate = new Ajv2020({ allErrors: true, strict: true }).compile(JSON.parse(schema) as object);
    for (const name of readdirSync(folder)) {
      const manifest: unknown = JSON.parse(readFileSync(join(folder, name, 'manifest.json'), 'utf8'));
      assert.ok(validate(manifest), `${name}: ${JSON.stringify(validate.errors)}`);
    }
  }

  before(function () {
    needs(this, hasTraining(), 'PyTorch with training/requirements.txt');
  });

  after(() => rmSync(scratch, { recursive: true, force: true }));

  it('packs a folder of source', async () => {
    const corpus = join(projectRoot, 'src/core');
    const said = await succeeds('prepare', '--preset', 'toy', '--corpus', corpus, '--out', at('data'));
    assert.match(said, /train: \{'functions': 400/);
    await fails(/There is no corpus at/, 'prepare', '--preset', 'toy', '--corpus', at('nowhere'), '--out', at('other'));
  });

  it('learns, and after a kill goes on from its checkpoint', async () => {
    const killed = await runPython(
      trainToy,
      (stdout) => existsSync(join(at('run'), 'last.pt')) && stdout.includes('"loss"'),
    );
    assert.equal(killed.code, null, killed.stderr);
    await succeeds(...trainToy.slice(2), '--steps', '60');
    const events = log();
    const starts = events.filter(({ event }) => event === 'start');
    assert.equal(starts[0]?.step, 0);
    assert.ok((starts[1]?.step ?? 0) > 0, 'the second command went on');
    const steps = events.filter(({ event }) => event === 'step');
    const [first, last] = [steps[0] as Event, steps.at(-1) as Event];
    assert.equal(last.step, (starts[1]?.step ?? 0) + 60);
    assert.ok(last.loss < first.loss - 0.7, `the loss fell from ${first.loss} to ${last.loss}`);
    assert.ok((events.at(-1) as Event).elbo < 6, 'better than evenly spread over 512 tokens (6.24)');
    await fails(/another shape/, ...trainToy.slice(2), '--self-conditioning');
  });

  it('exports what PyTorch computes, with remembered context and in int8', async () => {
    const said = await succeeds(
      'export',
      join(at('run'), 'weights'),
      '--data',
      at('data'),
      '--out',
      at('exports/toy'),
      '--rows',
      '12',
    );
    const measured = JSON.parse(said.slice(0, said.lastIndexOf('}') + 1)) as {
      parity: Record<string, { most: number; sameTop: number }>;
    };
    assert.ok((measured.parity.pytorch?.most ?? 1) < 5e-3);
    assert.ok((measured.parity.cache?.most ?? 1) < 5e-3);
    assert.ok((measured.parity.int8?.sameTop ?? 0) > 0.8);
    assertManifests(at('exports'));
    assert.match(readFileSync(join(at('exports/toy'), 'CARD.md'), 'utf8'), /Bound on held-out functions, 12 rows/);
    await fails(/no checkpoint/, 'export', join(at('data'), 'meta.json'), '--data', at('data'), '--out', at('other'));
  });

  it('measures an export', async () => {
    const said = await succeeds('evaluate', at('exports/toy'), '--data', at('data'), '--rows', '8', '--spans', '2');
    const figures = JSON.parse(said) as {
      elbo: number;
      elboByNear: Record<string, number>;
      exact: object;
    };
    assert.ok(figures.elbo > 0 && figures.elbo < 6.5);
    assert.deepEqual(Object.keys(figures.elboByNear), ['nearest', 'none', 'distractor']);
    assert.deepEqual(Object.keys(figures.exact), ['2–4', '5–8', '9–24']);
    appendFileSync(join(at('exports/toy'), 'model.onnx'), 'x');
    await fails(/not the file that manifest.json describes/, 'evaluate', at('exports/toy'), '--data', at('data'));
  });

  it('writes tiny exports of every layout that run as their manifests say', async () => {
    await succeeds('layouts', at('layouts'));
    assertManifests(at('layouts'));
    const { code, stdout, stderr } = await runPython(['test/training/check_layouts.py', at('layouts')]);
    assert.equal(code, 0, stderr);
    for (const name of ['lodestone', 'llada-cached', 'open-dcoder-cached'])
      assert.ok(stdout.includes(`${name}: whole rows and remembered context`), stdout);
  });
});
