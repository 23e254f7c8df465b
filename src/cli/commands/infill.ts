/** `lodestone infill`: what belongs into a hole of a file, proposed by the repository and a denoiser, or nothing where nobody is sure. */
import { LodestoneError } from '../../base/errors.ts';
import { findingLine } from '../../base/findings.ts';
import type { InfillCandidate, InfillReport, InfillRequest, InfillSampling } from '../../core/infill/infill.ts';
import { MASK_UNITS, type MaskUnit } from '../../core/infill/masker.ts';
import { PRESETS } from '../../core/infill/presets.ts';
import { INFILL_PARTS, type InfillPart } from '../../core/infill/proposal.ts';
import { SAMPLERS } from '../../core/infill/sampler.ts';
import { SCHEDULES } from '../../core/infill/schedule.ts';
import { chooseEndpoint } from '../../node/models/endpoint.ts';
import { fraction, wholeNumber } from '../arguments.ts';
import type { Command, Invocation } from '../command.ts';
import { EXIT } from '../exitCodes.ts';
import { runBatch } from '../infill/batch.ts';
import { MOST_LEXEMES, rangeOf, targetOf } from '../infill/place.ts';
import { printInfill } from '../printers/infill.ts';
import { locateFile } from '../repositoryRoot.ts';
import { isTrusted, withRepository } from '../session.ts';

/** More are not looked at by anybody. */
const MOST_CANDIDATES = 5;
const MOST_STEPS = 1000;
const MOST_GUIDANCE = 20;

export const infill: Command = {
  name: 'infill',
  summary:
    'Write a function’s body, or what belongs into a stretch of a file, anew: shown where it is likely to be right.',
  usage:
    'infill FILE (--target NAME | --range L:C-L:C) [--unit U] [--intent TEXT] [--preset P] [--schedule S] [--sampler S] [--guidance S] [--steps N] [--temperature T] [--seed N] [--length N|predict] [--candidates K] [--threshold P] [--withheld N] [--leave-out PARTS] [--denoiser DIR] [--no-fallback] [--model NAME | --no-model] [--json]\n' +
    '       lodestone infill --batch FILE.jsonl [options]',
  arity: [0, 1],
  options: {
    target: {
      type: 'string',
      value: 'NAME',
      help: 'A function or class ("total", "Ledger.total", of several "total:12" at line 12).',
    },
    range: {
      type: 'string',
      value: 'L:C-L:C',
      help: 'A stretch, from a line and column to before another, from 1 in UTF-16 units; an empty one is a hole.',
    },
    unit: {
      type: 'string',
      value: 'U',
      help: `What is masked: ${MASK_UNITS.join(', ')} (default: the body of a target, the nodes of a range).`,
    },
    batch: {
      type: 'string',
      value: 'FILE.jsonl',
      help: 'One request a line: {id, file, target | range, intent?, length?, seed?}; one answer a line comes out.',
    },
    intent: {
      type: 'string',
      value: 'TEXT',
      help: 'What it is to do, in words (default: what its documentation says).',
    },
    preset: { type: 'string', value: 'P', help: `${PRESETS.join(', ')}.` },
    schedule: { type: 'string', value: 'S', help: `${SCHEDULES.join(', ')}.` },
    sampler: { type: 'string', value: 'S', help: `${SAMPLERS.join(', ')}.` },
    guidance: { type: 'string', value: 'S', help: 'Guidance scale: 1 is the plain conditional, 0 the unconditional.' },
    steps: { type: 'string', value: 'N', help: 'Denoising steps.' },
    temperature: { type: 'string', value: 'T', help: 'Sampling temperature; 0 takes the likeliest.' },
    seed: { type: 'string', value: 'N', help: 'The same seed gives the same answer (default 0).' },
    length: { type: 'string', value: 'N|predict', help: 'Words and signs that it has (default: predict).' },
    candidates: { type: 'string', value: 'K', help: `Show up to K, at most ${MOST_CANDIDATES} (default 1).` },
    threshold: {
      type: 'string',
      value: 'P',
      help: 'Show what is right with at least this chance, from 0 to 1 (default: as measured).',
    },
    withheld: { type: 'string', value: 'N', help: 'Tell up to N of what is not shown (default 8).' },
    'leave-out': {
      type: 'string',
      value: 'PARTS',
      help: `Do without some of ${INFILL_PARTS.join(', ')}, separated by commas: what is each worth?`,
    },
    denoiser: {
      type: 'string',
      value: 'DIR',
      help: 'Folder of another denoiser: manifest.json, model.onnx, tokenizer.json (default: the shipped one).',
    },
    'no-fallback': { type: 'boolean', help: 'Nobody stands in where nothing is sure enough.' },
    model: { type: 'string', value: 'NAME', help: 'The language model that stands in.' },
    'no-model': { type: 'boolean', help: 'No language model stands in.' },
    endpoint: {
      type: 'string',
      value: 'URL',
      help: "Where the model's server is (default: OLLAMA_HOST, else http://127.0.0.1:11434).",
    },
  },
  async run(invocation) {
    const { options, positionals, call, cwd, terminal } = invocation;
    const usage = `Usage: lodestone ${this.usage}`;
    const common = requestFrom(invocation, usage);
    chooseEndpoint({ option: options.endpoint as string | undefined, environment: process.env.OLLAMA_HOST });
    if (options.batch !== undefined) {
      if (positionals.length > 0 || options.target !== undefined || options.range !== undefined)
        throw new LodestoneError('badArguments', '--batch names its files, targets and ranges in its lines.', {
          advice: usage,
        });
      const failed = await runBatch(invocation, options.batch as string, common);
      return { exitCode: failed > 0 ? EXIT.findings : EXIT.fine, value: {}, text: '', isWritten: true };
    }
    const [file] = positionals;
    if (file === undefined) throw new LodestoneError('badArguments', 'The file is missing.', { advice: usage });
    if ((options.target === undefined) === (options.range === undefined))
      throw new LodestoneError('badArguments', 'Give either --target or --range.', { advice: usage });
    const { root, path } = locateFile(cwd, file);
    const trusted = isTrusted(invocation, root);
    const report = await withRepository(invocation, root, trusted, async (engine) => {
      await engine.mine({}, call);
      const at =
        options.target === undefined
          ? { range: rangeOf(root, path, options.range as string) }
          : { target: targetOf(options.target as string) };
      return engine.infill({ ...common, ...at, path, trusted }, call);
    });
    for (const { message, advice } of report.notices) terminal.log.warn(`${message} ${advice}`);
    const value = valueOf(report);
    return {
      exitCode: report.candidates.length > 0 ? EXIT.fine : EXIT.findings,
      value,
      text: printInfill(report, terminal.colours),
    };
  },
};

/** As published. */
export function valueOf({ candidates, withheld, fallback, why, threshold, notices, span, unit, symbol }: InfillReport) {
  const published = ({ patch, validation, ...rest }: InfillCandidate) => ({
    ...rest,
    validatedBy: validation?.tools ?? [],
    validationErrors: (validation?.added ?? []).map((finding) => findingLine(finding.path, finding)),
  });
  return {
    ...{ candidates: candidates.map(published), fallback, why },
    ...{ withheld: withheld.map(published), threshold, notices, span, unit, symbol },
  };
}

/** What every request of the command line has in common. */
function requestFrom({ options }: Invocation, usage: string): Omit<InfillRequest, 'path' | 'trusted'> {
  const wrong = (message: string) => new LodestoneError('badArguments', message, { advice: usage });
  if (options.model !== undefined && options['no-model']) throw wrong('--model and --no-model exclude each other.');
  const candidates = wholeNumber('candidates', options.candidates, 1);
  if (candidates !== undefined && candidates > MOST_CANDIDATES)
    throw wrong(`--candidates takes at most ${MOST_CANDIDATES}.`);
  const unit = oneOf('unit', options.unit, MASK_UNITS);
  const length = options.length === 'predict' ? 'predict' : wholeNumber('length', options.length, 1);
  if (typeof length === 'number' && length > MOST_LEXEMES) throw wrong(`--length takes at most ${MOST_LEXEMES}.`);
  const threshold = fraction('threshold', options.threshold);
  const withheld = wholeNumber('withheld', options.withheld, 0);
  const model = options['no-model'] ? null : (options.model as string | undefined);
  return {
    sampling: samplingFrom(options, wrong),
    ...(typeof options.intent === 'string' ? { intent: options.intent } : {}),
    ...(unit ? { unit: unit as MaskUnit } : {}),
    ...(length === undefined ? {} : { length }),
    ...(candidates === undefined ? {} : { candidates }),
    ...(threshold === undefined ? {} : { threshold }),
    ...(withheld === undefined ? {} : { withheld }),
    ...(model === undefined ? {} : { model }),
    ...(options['leave-out'] === undefined ? {} : { leaveOut: partsOf(String(options['leave-out'])) }),
    ...(options['no-fallback'] ? { fallback: false } : {}),
  };
}

function partsOf(text: string) {
  return text.split(',').map((part) => oneOf('leave-out', part.trim(), INFILL_PARTS) as InfillPart);
}

export function samplingFrom(
  options: Invocation['options'],
  wrong: (message: string) => LodestoneError,
): InfillSampling {
  const preset = oneOf('preset', options.preset, PRESETS);
  const schedule = oneOf('schedule', options.schedule, SCHEDULES);
  const sampler = oneOf('sampler', options.sampler, SAMPLERS);
  const steps = wholeNumber('steps', options.steps, 1);
  if (steps !== undefined && steps > MOST_STEPS) throw wrong(`--steps takes at most ${MOST_STEPS}.`);
  const guidance = number('guidance', options.guidance, MOST_GUIDANCE);
  const temperature = number('temperature', options.temperature, 2);
  const seed = wholeNumber('seed', options.seed, 0);
  return {
    ...(preset ? { preset } : {}),
    ...(schedule ? { schedule } : {}),
    ...(sampler ? { sampler } : {}),
    ...(steps === undefined ? {} : { steps }),
    ...(guidance === undefined ? {} : { guidance }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(seed === undefined ? {} : { seed }),
  };
}

function oneOf<T extends string>(option: string, value: unknown, known: readonly T[]): T | undefined {
  if (value === undefined) return undefined;
  const found = known.find((each) => each.toLowerCase() === String(value).toLowerCase());
  if (found) return found;
  throw new LodestoneError('badArguments', `--${option} does not take "${value}".`, {
    advice: `It takes ${known.join(', ')}.`,
  });
}

/** From 0 to `most`. */
function number(option: string, value: unknown, most: number): number | undefined {
  if (value === undefined) return undefined;
  const given = Number(value);
  if (typeof value === 'string' && value.trim() !== '' && given >= 0 && given <= most) return given;
  throw new LodestoneError('badArguments', `--${option} takes a number from 0 to ${most}, not "${value}".`, {
    advice: `Example: --${option} 1`,
  });
}
