/** The product asked as a user asks it: `lodestone infill --batch` over a blanked repository on disk. */
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InfillCandidate } from '../../src/core/infill/infill.ts';
import { projectRoot } from '../../test/projectRoot.ts';
import { type OnDisk, written } from './onDisk.ts';
import type { BlankedRepository, BlankedSpan } from './spans.ts';

/** A proposal as the command prints it. */
export type Published = Omit<InfillCandidate, 'patch'>;

/** A line of the batch's answer. */
export interface BatchAnswer {
  readonly id: string;
  readonly candidates: readonly Published[];
  readonly withheld: readonly Published[];
  readonly error?: { readonly message: string };
}

/**
 * All that the product proposes for one repository's spans, by the span's id, surest first. Throws for a request that fails, and where no denoiser is.
 */
export async function askProduct(
  repository: BlankedRepository,
  known: boolean,
  leaveOut: readonly string[] = [],
): Promise<ReadonlyMap<string, readonly Published[]>> {
  const args = ['--threshold', '1', '--withheld', '99'];
  if (leaveOut.length > 0) args.push('--leave-out', leaveOut.join(','));
  const disk = written(repository);
  const cache = mkdtempSync(join(tmpdir(), 'lodestone-infill-cache-'));
  try {
    const lines = await batch(disk, disk.requests(repository.spans, known), cache, args);
    // A build that lies where onnxruntime is not found answers all the same.
    if (!lines.some(({ candidates, withheld }) => [...candidates, ...withheld].some(({ meta }) => meta.model)))
      throw new Error('No denoiser was asked: see the warnings above.');
    return new Map(lines.map((line) => [line.id, answersOf(line)]));
  } finally {
    disk.dispose();
    rmSync(cache, { recursive: true, force: true });
  }
}

/** All that was proposed for each span, by its id. */
type Answers = ReadonlyMap<string, readonly Asked[]>;

/** What the product proposed for a span. */
export type AskedProduct = (repository: BlankedRepository, span: BlankedSpan, known: boolean) => Promise<Asked[]>;

/** What of a proposal is needed to rank it anew. */
type Asked = Pick<Published, 'text' | 'source' | 'from' | 'evidence' | 'parses'>;

/** A repository is asked once, whoever wants to know; with `kept` once for all runs that name the same file. */
export function askedProduct(leaveOut: readonly string[], kept?: string): AskedProduct {
  const asked = new WeakMap<BlankedRepository, Map<boolean, Promise<Answers>>>();
  const answersFor = (repository: BlankedRepository, known: boolean) =>
    kept === undefined ? askProduct(repository, known, leaveOut) : keptAnswers(kept, repository, known, leaveOut);
  return async (repository, span, known) => {
    const ofRepository = asked.get(repository) ?? new Map<boolean, Promise<Answers>>();
    asked.set(repository, ofRepository);
    const answers = ofRepository.get(known) ?? answersFor(repository, known);
    ofRepository.set(known, answers);
    return [...((await answers).get(span.id) ?? [])];
  };
}

/** A line of the file: all that was proposed for one span. */
interface Kept {
  readonly repository: string;
  readonly known: boolean;
  readonly id: string;
  readonly proposals: readonly Asked[];
}

async function keptAnswers(
  file: string,
  repository: BlankedRepository,
  known: boolean,
  leaveOut: readonly string[],
): Promise<Answers> {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean) : [];
  const own = lines
    .map((line) => JSON.parse(line) as Kept)
    .filter((each) => each.repository === repository.name && each.known === known);
  // Spans of another seed, or of another commit, are other ones.
  const ids = new Set(own.map(({ id }) => id));
  if (own.length > 0 && repository.spans.every(({ id }) => ids.has(id)))
    return new Map(own.map(({ id, proposals }) => [id, proposals]));
  const answers = await askProduct(repository, known, leaveOut);
  for (const [id, all] of answers) {
    const proposals = all.map(({ text, source, from, evidence, parses }) => ({ text, source, from, evidence, parses }));
    appendFileSync(file, `${JSON.stringify({ repository: repository.name, known, id, proposals } satisfies Kept)}\n`);
  }
  return answers;
}

function answersOf({ id, candidates, withheld, error }: BatchAnswer): Published[] {
  if (error) throw new Error(`${id}: ${error.message}`);
  return [...candidates, ...withheld];
}

function batch(disk: OnDisk, requests: string, cache: string, args: readonly string[]): Promise<BatchAnswer[]> {
  const dist = process.env['LODESTONE_DIST'] ?? join(projectRoot, 'dist');
  const cli = [join(dist, 'cli.js'), 'infill', '--batch', requests, '--no-fallback', '--cache', cache];
  const child = spawn(process.execPath, [...cli, ...args], { cwd: disk.folder, stdio: ['ignore', 'pipe', 'inherit'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== 0 && code !== 1) return reject(new Error(`lodestone infill ended with ${code}.`));
      const lines = Buffer.concat(chunks).toString('utf8').trimEnd().split('\n');
      resolve(lines.filter(Boolean).map((line) => JSON.parse(line) as BatchAnswer));
    });
  });
}
