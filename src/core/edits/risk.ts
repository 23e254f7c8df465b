/** How likely a patch is wrong: named components in [0, 1] and a logistic model over them. */
import { minimalEdits } from './minimalEdits.ts';
import type { Risk, RiskComponent } from './patch.ts';
import { newSmells, type SecuritySmell } from './securitySmells.ts';
import { addedStubs } from './stubs.ts';

export type RiskComponentName = RiskComponent['name'];

/** The fitted model and the smell rules; both are data (src/data/risk), loaded by `loadRiskModel`. */
export interface RiskModel {
  readonly bias: number;
  /** Weights are never negative: more errors or a bigger diff can only raise the risk. */
  readonly weights: Readonly<Record<RiskComponentName, number>>;
  readonly smells: readonly SecuritySmell[];
}

export interface RiskInput {
  readonly files: readonly { readonly path: string; readonly before: string; readonly after: string }[];
  /** Files the user asked to heal; anything else that changes counts as outside the target. */
  readonly targets: readonly string[];
  /** Syntax errors in the files after the patch. */
  readonly syntaxErrors: number;
  /** Errors before, of those the errors that remain, and errors that were not there before. */
  readonly errorsBefore: number;
  readonly errorsLeft: number;
  readonly errorsAdded: number;
  /** Exported names whose signature changed or vanished (`changedExports`). */
  readonly changedExports: readonly string[];
  readonly tests: 'passed' | 'failed' | 'notRun';
  /** Lowest confidence in [0, 1] among the fix candidates the patch is made of. */
  readonly confidence: number;
}

/** Scores a patch. The score is monotone in every component. */
export function scoreRisk(input: RiskInput, model: RiskModel): Risk {
  const components = riskComponents(input, model);
  const sum = components.reduce((total, { value, weight }) => total + value * weight, model.bias);
  return { score: round(1 / (1 + Math.exp(-sum))), components };
}

/** The components alone: what the weights are fitted on (bench/risk.ts). */
export function riskComponents(input: RiskInput, model: Pick<RiskModel, 'weights' | 'smells'>): RiskComponent[] {
  const { changed, share } = changedShare(input.files);
  const outside = input.files.filter(({ path, before, after }) => before !== after && !input.targets.includes(path));
  const smells = input.files.flatMap(({ path, before, after }) => newSmells(path, before, after, model.smells));
  const stubs = input.files.reduce((sum, { before, after }) => sum + addedStubs(before, after), 0);
  const plural = (count: number, noun: string, many = `${noun}s`) => `${count} ${count === 1 ? noun : many}`;
  const values: readonly (readonly [RiskComponentName, number, string])[] = [
    [
      'syntax',
      input.syntaxErrors > 0 ? 1 : 0,
      input.syntaxErrors > 0 ? `${plural(input.syntaxErrors, 'syntax error')} left` : 'The result parses.',
    ],
    [
      'errorsLeft',
      input.errorsLeft / Math.max(1, input.errorsBefore, input.errorsLeft),
      input.errorsLeft
        ? `${plural(input.errorsLeft, 'error')} of ${input.errorsBefore} left`
        : 'Every error that was there is gone.',
    ],
    [
      'errorsAdded',
      saturate(input.errorsAdded),
      input.errorsAdded ? `${plural(input.errorsAdded, 'new error')}` : 'No error was added.',
    ],
    [
      'changedShare',
      share,
      `${plural(changed, 'character')} changed, ${Math.round(share * 100)} % of the text touched`,
    ],
    [
      'exportedSignature',
      saturate(input.changedExports.length),
      input.changedExports.length
        ? `Exported signatures changed: ${input.changedExports.slice(0, 5).join(', ')}`
        : 'No exported signature changed.',
    ],
    [
      'outsideTarget',
      saturate(outside.length),
      outside.length ? `${plural(outside.length, 'file')} outside the target changed` : 'Only the target changed.',
    ],
    [
      'security',
      smells.length ? 1 : 0,
      smells.length ? smells.map(({ message }) => message).join(' ') : 'No security smell was added.',
    ],
    [
      'tests',
      { passed: 0, notRun: 0.5, failed: 1 }[input.tests],
      { passed: "The project's tests pass.", notRun: "The project's tests were not run.", failed: 'Tests fail.' }[
        input.tests
      ],
    ],
    [
      'source',
      1 - Math.min(1, Math.max(0, input.confidence)),
      `The fix sources' own confidence is ${Math.round(input.confidence * 100)} %.`,
    ],
    ['stub', saturate(stubs), stubs ? `${plural(stubs, 'body', 'bodies')} that only throw` : 'No stub was written.'],
  ];
  return values.map(([name, value, explanation]) => ({
    name,
    value: round(value),
    weight: model.weights[name],
    explanation,
  }));
}

/** Characters removed or added, over the size of the files; small files count as 2,000 characters. */
function changedShare(files: RiskInput['files']): { changed: number; share: number } {
  let changed = 0;
  let size = 0;
  for (const { before, after } of files) {
    size += before.length;
    for (const { start, end, newText } of minimalEdits(before, after)) changed += Math.max(end - start, newText.length);
  }
  return { changed, share: Math.min(1, changed / Math.max(2000, size)) };
}

/** 0, 1/2, 3/4 …: the first occurrence weighs most. */
const saturate = (count: number) => 1 - 2 ** -count;

const round = (value: number) => Math.round(value * 10_000) / 10_000;
