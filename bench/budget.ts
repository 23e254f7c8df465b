/**
 * What each part of a prompt is worth: the likelihood of lines that were really written, under the small code model of
 * ../shared/models, with the room split in other ways. Usage: npm run bench -- budget [--lines N] [--tokens T] CLONE…
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { bootstrapMean, mean } from '../src/base/statistics.ts';
import type { ModelFamily } from '../src/core/completion/prompt/modelFamily.ts';
import { type PromptShares, type RelatedFile, rawPrompt } from '../src/core/completion/prompt/prompt.ts';
import { type Commit, typedLines } from '../src/core/completion/replay/typedLines.ts';
import { NodeDataFiles } from '../src/node/dataFiles.ts';
import { CommitReplay } from '../src/node/git/commitReplay.ts';
import { projectRoot } from '../test/projectRoot.ts';

const args = process.argv.slice(2);
const option = (name: string, standard: number): number => {
  const at = args.indexOf(name);
  return at < 0 ? standard : Number(args.splice(at, 2)[1]);
};
const LINES = option('--lines', 60);
/** The model was trained to 512 positions. */
const TOKENS = option('--tokens', 440);
const COMMITS = 150;
const ANSWER_TOKENS = 64;
/** Lines around a place that was edited beside the one at hand. */
const AROUND = 4;

const SPLITS: readonly PromptShares[] = [
  { suffix: 0.2, related: 0 },
  ...[0, 0.1, 0.2, 0.3, 0.45].map((suffix) => ({ suffix, related: 0.3 })),
  ...[0.15, 0.45, 0.6].map((related) => ({ suffix: 0.2, related })),
];

interface Sample {
  readonly path: string;
  readonly prefix: string;
  readonly suffix: string;
  readonly middle: string;
  readonly related: readonly RelatedFile[];
}

/** Where each other file of a commit was changed first, as it was after the change: what its author had just edited. */
function editedBeside(commit: Commit, path: string): RelatedFile[] {
  return commit.changes.flatMap(({ path: other, before = '', after }) => {
    if (other === path || after === undefined) return [];
    const [old, now] = [before.split('\n'), after.split('\n')];
    const first = now.findIndex((line, i) => line !== old[i]);
    if (first < 0) return [];
    return [{ path: other, text: now.slice(Math.max(0, first - AROUND), first + AROUND).join('\n') }];
  });
}

async function samplesOf(folder: string, commits: CommitReplay): Promise<Sample[]> {
  const samples: Sample[] = [];
  for await (const commit of commits.commits(COMMITS, undefined, {})) {
    if (commit.changes.length < 2) continue;
    for (const { change, above, below, text } of typedLines(commit, 2)) {
      if (text.length < 8) continue;
      const related = editedBeside(commit, change.path);
      if (related.length > 0) samples.push({ path: change.path, prefix: above, suffix: below, middle: text, related });
    }
  }
  process.stderr.write(`${folder}: ${samples.length} lines\n`);
  const step = Math.max(1, samples.length / LINES);
  return Array.from({ length: Math.min(LINES, samples.length) }, (_, i) => samples[Math.floor(i * step)] as Sample);
}

async function main(): Promise<void> {
  const family = parse(readFileSync(join(projectRoot, 'src/data/models/qwen2.5-coder.yml'), 'utf8')) as ModelFamily;
  const languages = await new NodeDataFiles(join(projectRoot, 'dist')).languages();
  const samples: Sample[] = [];
  for (const folder of args) samples.push(...(await samplesOf(folder, new CommitReplay(folder, languages))));
  const requests = samples.flatMap(({ path, prefix, suffix, middle, related }, i) =>
    SPLITS.map((shares, split) => {
      const parts = {
        repository: 'repository',
        path,
        considerBlock: '',
        related,
        prefix,
        prefixLine: 0,
        suffix,
        seed: '',
      };
      const { text } = rawPrompt(family, parts, { contextTokens: TOKENS, answerTokens: ANSWER_TOKENS, shares });
      return JSON.stringify({ id: `${i}/${split}`, prompt: text, middle });
    }),
  );
  const model = join(projectRoot, '../shared/models/tiny-coder');
  const scored = spawnSync('sh', [join(projectRoot, 'bench/judge/run.sh'), model], {
    input: requests.join('\n'),
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'inherit'],
    maxBuffer: 2 ** 28,
  });
  if (scored.status !== 0) throw new Error(`The judge ended with ${scored.status}.`);
  const bits = scored.stdout
    .trim()
    .split('\n')
    .map((line) => -(JSON.parse(line) as { nats: number }).nats / Math.LN2);

  const per100 = (sample: number, split: number): number =>
    ((bits[sample * SPLITS.length + split] as number) / Buffer.byteLength((samples[sample] as Sample).middle)) * 100;
  const standard = SPLITS.findIndex(({ suffix, related }) => suffix === 0.2 && related === 0.3);
  process.stdout.write(
    `${samples.length} lines, ${TOKENS} tokens. Bits per 100 bytes of the line; against the split in use [95 %].\n`,
  );
  SPLITS.forEach(({ suffix, related }, split) => {
    const own = samples.map((_, i) => per100(i, split));
    const difference = samples.map((_, i) => per100(i, split) - per100(i, standard));
    const [low, high] = bootstrapMean(difference);
    process.stdout.write(
      `suffix ${suffix} related ${related}: ${mean(own).toFixed(1)}  ${mean(difference).toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]\n`,
    );
  });
}

void main();
