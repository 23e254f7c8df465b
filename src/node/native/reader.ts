/** What a graph is asked and what it answers: either what it picked of the vocabulary by itself, or all logits. */
import type { Look, Seen } from '../../core/infill/denoiserModel.ts';
import type { Distribution } from '../../core/infill/distribution.ts';
import type { DenoiserManifest, PickedOutputs } from '../denoiser/manifest.ts';
import type { ActiveRow } from './onnxModel.ts';
import { checkShape, floatsOf } from './rowMemory.ts';
import { lowerHalves, type Tensor, type Tensors } from './tensors.ts';

export type Answers = Readonly<Record<string, Tensor>>;

/** Tokens of a distribution where all logits are at hand, as many as our own graphs pick. */
const TOP = 32;
const NONE: Float64Array = new Float64Array(0);

export class Reader {
  private readonly picked: PickedOutputs | undefined;

  constructor(
    private readonly manifest: DenoiserManifest,
    private readonly specials: ReadonlySet<number>,
  ) {
    const { outputs } = manifest;
    this.picked = 'topIds' in outputs ? outputs : undefined;
  }

  /** Outputs that these looks need. */
  names(looks: readonly Look[]): string[] {
    const { outputs, lengthHead } = this.manifest;
    if (!this.picked) return 'logits' in outputs ? [outputs.logits] : [];
    const { logSumExp, topIds, topLogits, candidateLogits } = this.picked;
    return [
      logSumExp,
      ...(looks.some(({ wanted }) => !wanted) ? [topIds, topLogits] : []),
      ...(candidateLogits && looks.some(({ wanted }) => wanted) ? [candidateLogits] : []),
      ...(lengthHead && looks.some(({ kind }) => kind !== undefined) ? [lengthHead.output] : []),
    ];
  }

  /** The tensors that say what is asked. */
  questions(rows: readonly ActiveRow[], tensors: Tensors): Record<string, Tensor> {
    const { inputs } = this.manifest;
    const most = mostAsked(rows);
    const each = (value: (row: ActiveRow, at: number) => number) => {
      const values = new Int32Array(rows.length * most);
      rows.forEach((row, i) => {
        for (let at = 0; at < most; at++) values[i * most + at] = value(row, at);
      });
      return values;
    };
    const feeds: Record<string, Tensor> = {};
    const dims = [rows.length, most];
    if (inputs.maskPositions) {
      const positions = each((row, at) => this.told(row, row.look.asked[at] ?? (row.look.asked[0] as number)));
      feeds[inputs.maskPositions] = tensors.int64(positions, dims);
    }
    if (inputs.kinds)
      feeds[inputs.kinds] = tensors.int64(
        each(({ look }) => look.kind ?? 0),
        dims,
      );
    if (inputs.candidates) {
      const isWanted = rows.some(({ look }) => look.wanted);
      const wanted = isWanted ? each(({ look }, at) => look.wanted?.[at] ?? 0) : [];
      feeds[inputs.candidates] = tensors.int64(wanted, [...dims, isWanted ? 1 : 0]);
    }
    return feeds;
  }

  /** Throws LodestoneError denoiserUnavailable where an output has another shape than the manifest says. */
  read(rows: readonly ActiveRow[], width: number, answers: Answers): Seen[] {
    return this.picked ? this.readPicked(rows, answers, this.picked) : this.readAll(rows, width, answers);
  }

  /** Index among the active tokens of the logits that tell a position. */
  private told({ start }: ActiveRow, position: number): number {
    return Math.max(0, position - start - (this.manifest.logitShift ? 1 : 0));
  }

  private readPicked(rows: readonly ActiveRow[], answers: Answers, names: PickedOutputs): Seen[] {
    const most = mostAsked(rows);
    const dims = [rows.length, most];
    const sums = floatsOf(names.logSumExp, answers[names.logSumExp], dims);
    const [topIds, topLogits] = [answers[names.topIds], answers[names.topLogits]];
    const top = topIds?.dims[2] ?? 0;
    if (topIds) checkShape(names.topIds, topIds, 'int64', [...dims, top]);
    const ids = topIds && lowerHalves(topIds);
    const logits = topLogits && floatsOf(names.topLogits, topLogits, [...dims, top]);
    const output = names.candidateLogits ?? '';
    const candidates = answers[output] && floatsOf(output, answers[output], [...dims, 1]);
    return rows.map(({ look }, row) => {
      const { asked, wanted, kind } = look;
      const at = (i: number) => row * most + i;
      const sum = (i: number) => sums[at(i)] as number;
      return {
        distributions:
          wanted || !ids || !logits ? [] : asked.map((_, i) => this.picks(ids, logits, at(i) * top, top, sum(i))),
        wanted:
          wanted && candidates ? Float64Array.from(asked, (_, i) => (candidates[at(i)] as number) - sum(i)) : NONE,
        lengths: kind === undefined ? NONE : this.lengths(answers, dims, at(0)),
      };
    });
  }

  private picks(ids: Int32Array, logits: Float32Array, from: number, count: number, sum: number): Distribution {
    const [kept, logs] = [new Int32Array(count), new Float64Array(count)];
    let size = 0;
    for (let i = from; i < from + count; i++) {
      const id = ids[2 * i] as number;
      if (this.specials.has(id)) continue;
      kept[size] = id;
      logs[size++] = (logits[i] as number) - sum;
    }
    return { ids: kept.subarray(0, size), logs: logs.subarray(0, size) };
  }

  private lengths(answers: Answers, dims: readonly number[], at: number): Float64Array {
    const { lengthHead } = this.manifest;
    if (!lengthHead) return NONE;
    const { output, bins } = lengthHead;
    const logits = floatsOf(output, answers[output], [...dims, bins]).subarray(at * bins, (at + 1) * bins);
    const sum = logSumExp(logits);
    return Float64Array.from(logits, (logit) => logit - sum);
  }

  private readAll(rows: readonly ActiveRow[], width: number, answers: Answers): Seen[] {
    const { outputs, vocabulary, inputs } = this.manifest;
    const name = 'logits' in outputs ? outputs.logits : '';
    const isPicked = inputs.maskPositions !== undefined;
    const columns = isPicked ? mostAsked(rows) : width;
    const logits = floatsOf(name, answers[name], [rows.length, columns, vocabulary]);
    return rows.map((row, i) => {
      const { asked, wanted } = row.look;
      const of = asked.map((position, at) => {
        const from = (i * columns + (isPicked ? at : this.told(row, position))) * vocabulary;
        return logits.subarray(from, from + vocabulary);
      });
      return {
        distributions: wanted ? [] : of.map((each) => this.best(each)),
        wanted: wanted
          ? Float64Array.from(of, (each, at) => (each[wanted[at] as number] as number) - logSumExp(each))
          : NONE,
        lengths: NONE,
      };
    });
  }

  /** The likeliest tokens of text, by one pass over the vocabulary. */
  private best(logits: Float32Array): Distribution {
    const sum = logSumExp(logits);
    const found: { id: number; logit: number }[] = [];
    let least = Number.NEGATIVE_INFINITY;
    for (let id = 0; id < logits.length; id++) {
      const logit = logits[id] as number;
      if (logit <= least || this.specials.has(id)) continue;
      const before = found.findIndex((each) => each.logit < logit);
      found.splice(before === -1 ? found.length : before, 0, { id, logit });
      if (found.length > TOP) found.pop();
      if (found.length === TOP) least = (found.at(-1) as { logit: number }).logit;
    }
    return {
      ids: Int32Array.from(found, ({ id }) => id),
      logs: Float64Array.from(found, ({ logit }) => logit - sum),
    };
  }
}

function mostAsked(rows: readonly ActiveRow[]): number {
  return Math.max(...rows.map(({ look }) => look.asked.length));
}

function logSumExp(logits: Float32Array): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const logit of logits) if (logit > most) most = logit;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - most);
  return most + Math.log(sum);
}
