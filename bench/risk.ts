/**
 * Fits the risk model on half of the broken→fixed cases and prints, for the other half, the share of wrong patches per
 * tenth of the risk. Arguments: [--write] puts the weights into src/data/risk/weights.json; [--limit N] cases per set.
 * A patch counts as right if it equals a reference repair (blanks and comments aside) or, where the case has tests that
 * decide, if they pass.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { RiskComponentName, RiskModel } from '../src/core/edits/risk.ts';
import { heal } from '../src/core/healing/healFiles.ts';
import { projectRoot } from '../test/projectRoot.ts';
import { caseDeps, closeDeps } from './healDeps.ts';

interface Case {
  readonly id: string;
  readonly kind: string;
  readonly category: string;
  readonly n_bugs?: number;
  readonly files_before: Readonly<Record<string, string>>;
  readonly files_after: Readonly<Record<string, string>>;
  readonly accepted?: readonly Readonly<Record<string, string>>[];
  readonly check: readonly string[];
}
interface Sample {
  readonly id: string;
  readonly values: Readonly<Record<RiskComponentName, number>>;
  readonly wrong: boolean;
}

const weightsFile = join(projectRoot, 'src/data/risk/weights.json');
/** Pull towards the starting values: components the cases never show (security, tests) keep them. */
const PRIOR = 0.02;
const STEPS = 4000;
const RATE = 0.5;

function load(name: string): Case[] {
  const path = join(projectRoot, `../shared/data/cases/${name}.jsonl.xz`);
  if (!existsSync(path)) return [];
  const { stdout } = spawnSync('xz', ['-dc', path], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const cases = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Case);
  // Cases with further, logical bugs have references that no static repair can equal.
  return cases.filter(
    ({ kind, category, n_bugs }) => (kind !== 'runtime' || category === 'undefined variable') && (n_bugs ?? 1) === 1,
  );
}

const normal = (path: string, text: string) =>
  (path.endsWith('.py') ? text.replace(/(^|\s)#.*$/gm, '') : text).replace(/\s+/g, '');

async function sample(one: Case): Promise<Sample | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'lodestone-risk-'));
  try {
    for (const [path, text] of Object.entries(one.files_before)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const files = Object.keys(one.files_after);
    const { patch } = await heal({ files, trusted: true }, caseDeps(folder), {});
    if (!patch) return undefined;
    const after = { ...one.files_before };
    for (const file of patch.files) after[file.path] = file.after;
    const same = (wanted: Readonly<Record<string, string>>) =>
      Object.entries(wanted).every(([path, text]) => normal(path, after[path] ?? '') === normal(path, text));
    let right = [one.files_after, ...(one.accepted ?? [])].some(same);
    if (!right && one.check.includes('pytest')) {
      for (const file of patch.files) writeFileSync(join(folder, file.path), file.after);
      const [command, ...args] = one.check as [string, ...string[]];
      right = spawnSync(command, args, { cwd: folder, timeout: 30_000 }).status === 0;
    }
    const values = Object.fromEntries(patch.risk.components.map(({ name, value }) => [name, value]));
    return { id: one.id, values: values as Sample['values'], wrong: !right };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Weights = Pick<RiskModel, 'bias' | 'weights'>;

function score({ bias, weights }: Weights, { values }: Sample): number {
  let sum = bias;
  for (const [name, weight] of Object.entries(weights)) sum += weight * (values[name as RiskComponentName] ?? 0);
  return 1 / (1 + Math.exp(-sum));
}

/** Logistic regression by gradient descent with weights kept at or above zero; deterministic. */
function fit(samples: readonly Sample[], start: Weights): Weights {
  const names = Object.keys(start.weights) as RiskComponentName[];
  let model = start;
  for (let step = 0; step < STEPS; step++) {
    let bias = 0;
    const slopes = new Map(names.map((name) => [name, PRIOR * (model.weights[name] - start.weights[name])]));
    for (const one of samples) {
      const error = (score(model, one) - (one.wrong ? 1 : 0)) / samples.length;
      bias += error;
      for (const name of names) slopes.set(name, (slopes.get(name) ?? 0) + error * one.values[name]);
    }
    const weights = Object.fromEntries(
      names.map((name) => [name, Math.max(0, model.weights[name] - RATE * (slopes.get(name) ?? 0))]),
    ) as Weights['weights'];
    model = { bias: model.bias - RATE * bias, weights };
  }
  return model;
}

function report(title: string, samples: readonly Sample[], model: Weights): void {
  const tenths = Array.from({ length: 10 }, () => ({ patches: 0, wrong: 0, predicted: 0 }));
  let loss = 0;
  for (const one of samples) {
    const risk = score(model, one);
    const tenth = tenths[Math.min(9, Math.floor(risk * 10))] as (typeof tenths)[number];
    tenth.patches++;
    tenth.predicted += risk;
    if (one.wrong) tenth.wrong++;
    loss -= Math.log(Math.max(1e-9, one.wrong ? risk : 1 - risk));
  }
  const better = samples.flatMap((a) =>
    samples.filter((b) => a.wrong && !b.wrong).map((b) => compareScores(score(model, a), score(model, b))),
  );
  const auc = better.reduce((sum: number, value) => sum + value, 0) / Math.max(1, better.length);
  process.stdout.write(
    `${title}: ${samples.length} patches, ${samples.filter(({ wrong }) => wrong).length} wrong; log loss ${(loss / Math.max(1, samples.length)).toFixed(3)}, AUC ${auc.toFixed(3)}\n  risk       patches  wrong  share wrong  mean risk\n`,
  );
  tenths.forEach(({ patches, wrong, predicted }, index) => {
    if (!patches) return;
    process.stdout.write(
      `  ${(index / 10).toFixed(1)}–${((index + 1) / 10).toFixed(1)}  ${String(patches).padStart(7)}  ${String(wrong).padStart(5)}  ${((100 * wrong) / patches).toFixed(1).padStart(9)} %  ${(predicted / patches).toFixed(3).padStart(9)}\n`,
    );
  });
}

const compareScores = (a: number, b: number): number => (a > b ? 1 : a === b ? 0.5 : 0);

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const limit = args.includes('--limit') ? Number(args[args.indexOf('--limit') + 1]) : Number.POSITIVE_INFINITY;
  const halves: [Sample[], Sample[]] = [[], []];
  for (const set of ['ts_fourslash', 'debugbench_py']) {
    const cases = load(set).sort((a, b) => (a.id < b.id ? -1 : 1));
    for (const [index, one] of cases.slice(0, limit).entries()) {
      const found = await sample(one);
      // A stub is what some references hold, and never what a person wants: the cases have nothing to say about it.
      if (found && !found.values.stub) (halves[index % 2] as Sample[]).push(found);
    }
  }
  if (!halves[0].length) {
    process.stdout.write('The cases are not here (../shared/data/cases): nothing to fit.\n');
    return;
  }
  const start = JSON.parse(readFileSync(weightsFile, 'utf8')) as Weights & { start?: Weights };
  const fitted = fit(halves[0], start.start ?? start);
  const rounded: Weights = {
    bias: Math.round(fitted.bias * 1000) / 1000,
    weights: Object.fromEntries(
      Object.entries(fitted.weights).map(([name, weight]) => [name, Math.round(weight * 1000) / 1000]),
    ) as Weights['weights'],
  };
  process.stdout.write(`${JSON.stringify(rounded, undefined, 2)}\n`);
  report('Fitted on', halves[0], rounded);
  report('Held out', halves[1], rounded);
  if (!args.includes('--write')) return;
  const provenance = `Logistic regression with weights kept at or above zero on ${halves[0].length} patches, every second case of microsoft/TypeScript's fourslash code fixes and of DebugBench Python (single bugs), pulled towards hand-chosen values where the cases say nothing; checked on the other ${halves[1].length} (bench/risk.ts).`;
  writeFileSync(
    weightsFile,
    `${JSON.stringify({ provenance, ...rounded, start: start.start ?? { bias: start.bias, weights: start.weights } }, undefined, 2)}\n`,
  );
}

void main().finally(closeDeps);
