/** The second measure again, under a code model: how many bits of the true body a block saves (see bench/judge). */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap, mean } from '../../src/base/statistics.ts';
import { projectRoot } from '../../test/projectRoot.ts';
import { shuffled } from '../mining/samples.ts';
import type { Scene } from './samples.ts';
import { isIdentifier } from './tokens.ts';

const MODEL = join(projectRoot, '../shared/models/tiny-coder');
const PROGRAM = join(projectRoot, 'bench/judge/run.sh');
/** Characters of the file that may reach the prompt, which is cut to tokens later. */
const MOST_TEXT = 2000;
/** The other target's block is that of so many targets later, or of the next of its language: those of one commit follow each other in replay. */
const OTHER = 4;

interface Prompt {
  readonly prefix: string;
  readonly suffix: string;
  readonly middle: string;
}

interface Judged {
  readonly prompt: Prompt;
  readonly language: string;
  readonly block: string;
  readonly truth: ReadonlySet<string>;
  readonly ablated: readonly string[];
}

interface Score {
  readonly id: string;
  readonly nats: number;
}

/** Gathers the targets of a repository and scores all their arms in one run of the model. */
export class CodeModelJudge {
  private readonly targets: Judged[] = [];

  /** What is missing for it, in a sentence. */
  static lacks(): string | undefined {
    if (!existsSync(join(MODEL, 'model.safetensors'))) return `Without --judge: there is no model in ${MODEL}.`;
    if (spawnSync('python3', ['-c', 'import venv, ensurepip']).status !== 0)
      return 'Without --judge: there is no Python 3 with venv on the PATH.';
    return undefined;
  }

  add({ hidden: { file, line, truth }, body }: Scene, block: string, ablated: readonly string[]): void {
    const target = file.facts.functions.find(({ startLine }) => startLine === line);
    if (target === undefined) return;
    const prompt: Prompt = {
      prefix: file.text.slice(Math.max(0, target.body.start - MOST_TEXT), target.body.start),
      suffix: file.text.slice(target.body.end, target.body.end + MOST_TEXT),
      middle: body,
    };
    this.targets.push({ prompt, language: file.language, block, truth, ablated });
  }

  /** Lines that say what 100 bytes of block save, and by what less they save without each source. */
  figures(sources: readonly string[]): string {
    const nats = this.score();
    const gains = (arm: string): number[] =>
      this.targets.flatMap(({ block }, at) => {
        const [own, other] = [nats.get(`${at} own`), nats.get(`${at} ${arm}`)];
        return own === undefined || other === undefined ? [] : [per100(own - other, block)];
      });
    const perfect = this.targets.map(({ block, truth }, at) =>
      per100((nats.get(`${at} truth`) as number) - (nats.get(`${at} none`) as number), listOf(block, truth)),
    );
    const lost = sources.map((source, i) => `${source} ${withInterval(gains(`without ${i}`))}`);
    return [
      `  under tiny-coder, bits per 100 bytes: over none ${withInterval(gains('none'))}, over another's ${withInterval(gains('other'))}, ` +
        `over its names shuffled ${withInterval(gains('shuffled'))}, over its names as a list ${withInterval(gains('list'))}; ` +
        `a list of the true names, over none ${withInterval(perfect)}\n`,
      ...(lost.length === 0 ? [] : [`  and over the block without: ${lost.join(', ')}\n`]),
    ].join('');
  }

  private score(): Map<string, number> {
    const lines = this.targets.flatMap(({ prompt, block, truth, ablated }, at) => {
      const other = this.otherOf(at);
      const arms: Record<string, string | undefined> = {
        ...{ none: '', own: block, other },
        ...{ shuffled: namesShuffled(block), list: asList(block), truth: listOf(block, truth) },
      };
      ablated.forEach((each, i) => {
        arms[`without ${i}`] = each;
      });
      return Object.entries(arms).flatMap(([arm, text]) =>
        text === undefined ? [] : [JSON.stringify({ id: `${at} ${arm}`, ...prompt, block: asLines(text) })],
      );
    });
    const run = spawnSync('sh', [PROGRAM, MODEL], { input: lines.join('\n'), encoding: 'utf8', maxBuffer: 1 << 28 });
    if (run.status !== 0) throw new Error(`bench/judge/run.sh failed:\n${run.stderr}`);
    const scores = run.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Score);
    return new Map(scores.map(({ id, nats }) => [id, nats]));
  }

  private otherOf(at: number): string | undefined {
    const { targets } = this;
    const own = targets[at] as Judged;
    for (let step = OTHER; step < targets.length; step++) {
      const other = targets[(at + step) % targets.length] as Judged;
      if (other.language === own.language && other.block !== own.block) return other.block;
    }
    return undefined;
  }
}

const asLines = (block: string) => (block === '' ? '' : `${block.trimEnd()}\n`);

const per100 = (nats: number, block: string) => (100 * nats) / Math.LN2 / Math.max(1, Buffer.byteLength(block));

function withInterval(values: readonly number[]): string {
  if (values.length === 0) return '–';
  const [low, high] = bootstrap(values.length, (picked) => mean(picked.map((i) => values[i] as number)));
  return `${mean(values).toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
}

const WORD = /[\p{L}_$][\p{L}\p{N}_$]*/gu;

/** The same block, each name in the place of another. */
function namesShuffled(block: string): string {
  const names = [...block.matchAll(WORD)].map(([word]) => word).filter(isName);
  const order = shuffled(names, block);
  return block.replace(WORD, (word) => (isName(word) ? (order.pop() as string) : word));
}

const isName = (word: string) => isIdentifier(word) && word !== 'calls';

/** Its names in the form that the model met in training. */
function asList(block: string): string {
  const names = new Set([...block.matchAll(WORD)].map(([word]) => word).filter(isName));
  return listOf(block, names);
}

function listOf(block: string, names: ReadonlySet<string>): string {
  return `${/^\S+/.exec(block)?.[0] ?? ''} APIs in reach: ${[...names].join(', ')}`;
}
