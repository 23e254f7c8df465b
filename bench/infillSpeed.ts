/**
 * What filling a hole of 64 tokens in 16 steps costs, in onnxruntime and outside of it; and scoring twelve lines. Medians, with the load.
 * Usage: npm run bench -- infillSpeed [--model DIR] [--threads 2] [--rounds 9] [--json]   Without --model: random weights, 33M, int8.
 */
import { measureSpeed, type SpeedFigures } from './infill/speed.ts';

function shown({ model, parameters, threads, rounds, load, fills, msLength, score }: SpeedFigures): string {
  const head = `${model}, ${(parameters / 1e6).toFixed(1)}M, ${threads} threads, ${rounds} rounds, load ${load.map((each) => each.toFixed(1)).join(' to ')}`;
  const rows = fills.map(
    ({ what, passes, msModel, msOwn, msBoth, msProcessor, share }) =>
      `| ${what} | ${passes} | ${msModel.toFixed(0)} | ${msOwn.toFixed(1)} | ${msBoth.toFixed(0)} | ${msProcessor.toFixed(0)} | ${(share * 100).toFixed(1)} % |`,
  );
  return [
    head,
    '',
    '| 64 tokens, 16 steps | passes | model, ms | own, ms | both, ms | processors, ms | own / model |',
    '|---|---|---|---|---|---|---|',
    ...rows,
    '',
    `The look for the length, where it is not known: ${msLength.toFixed(0)} ms more.`,
    `Scoring ${score.texts} lines: ${score.msModel.toFixed(0)} ms in the model, ${score.msOwn.toFixed(0)} ms outside of it, ${score.msProcessor.toFixed(0)} ms of processors.`,
    '',
  ].join('\n');
}

async function main(args: readonly string[]): Promise<void> {
  const option = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  const figures = await measureSpeed(
    option('--model'),
    Number(option('--threads') ?? 2),
    Number(option('--rounds') ?? 9),
  );
  process.stdout.write(args.includes('--json') ? `${JSON.stringify(figures)}\n` : shown(figures));
}

void main(process.argv.slice(2));
