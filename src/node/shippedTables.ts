/** Tables that ship with Lodestone, read so that one of another version costs its own part and nothing else. */
import { LodestoneError, toLodestoneError } from '../base/errors.ts';
import { type CompletionWeights, parseCompletionWeights } from '../core/completion/repository/scorer.ts';
import { CorpusNgram } from '../core/infill/candidates/corpusNgram.ts';
import { ProposalScorer, parseScorer } from '../core/infill/candidates/scorer.ts';
import type { Family } from '../core/languages.ts';
import { unpackBackground } from '../core/mining/background.ts';
import { BACKGROUND_PATH } from '../core/mining/miningData.ts';
import type { Log } from '../core/ports.ts';
import { CallEmbedding } from '../core/retrieval/callEmbedding.ts';
import { parseWeights, type RetrievalWeights } from '../core/retrieval/model.ts';
import type { NodeDataFiles } from './dataFiles.ts';

const WEIGHTS_PATH = 'retrieval/weights.json';
const EMBEDDING_PATH = 'retrieval/embedding.json';

type Reader = Pick<NodeDataFiles, 'read'>;

/** The text of the background table where it can be read; else undefined with one line in the log: mining then guesses what is common. */
export async function readBackground(data: Reader, log: Pick<Log, 'warn'>): Promise<string | undefined> {
  try {
    const text = await data.read(BACKGROUND_PATH);
    unpackBackground(text);
    if (isWhole(text)) return text;
  } catch {
    // Missing, another version or damaged: the same to whoever mines.
  }
  log.warn(
    `The table of public code (data/${BACKGROUND_PATH}) is missing, damaged or of another version, so what is common elsewhere is guessed. ` +
      'Install Lodestone again, or make the table with training/background/run.sh.',
  );
  return undefined;
}

/** Five bytes an entry, in base 64. */
function isWhole(text: string): boolean {
  const end = text.indexOf('\n');
  const { entries } = JSON.parse(text.slice(0, end)) as { entries?: number };
  return text.slice(end + 1).trim().length === Math.ceil(((entries ?? -1) * 5) / 3) * 4;
}

/**
 * The weights of the ranking; a background of another shape is left out with one line in the log. Throws LodestoneError badData
 * where the weights themselves are of another version: nothing can be ranked then.
 */
export async function readWeights(data: Reader, log: Pick<Log, 'warn'>): Promise<RetrievalWeights> {
  const weights = parseWeights(parsed(await data.read(WEIGHTS_PATH)));
  const { background, ...rest } = weights;
  if (background === undefined || hasFamilies(background)) return weights;
  log.warn(
    `The table of public code in data/${WEIGHTS_PATH} is damaged or of another version, so this repository alone ranks. ` +
      'Install Lodestone again, or make the table with bench/retrieval-background.ts.',
  );
  return rest;
}

/** The vectors of public code where they can be read; else undefined with one line in the log. */
export async function readEmbedding(data: Reader, log: Pick<Log, 'warn'>): Promise<CallEmbedding | undefined> {
  try {
    return new CallEmbedding(await data.read(EMBEDDING_PATH));
  } catch {
    log.warn(
      `The vectors of public code (data/${EMBEDDING_PATH}) are missing, damaged or of another version, so this repository alone ranks. ` +
        'Install Lodestone again, or make them with bench/retrieval-embedding.ts.',
    );
    return undefined;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LodestoneError('badData', `The retrieval weights data/${WEIGHTS_PATH} are no JSON.`, {
      advice: 'Install Lodestone again, or make them with bench/retrieval-train.ts.',
      cause,
    });
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function hasFamilies(background: unknown): boolean {
  if (!isRecord(background) || !isRecord(background['families'])) return false;
  if ((background['schemaVersion'] ?? 1) !== 1) return false;
  const isNumeric = (value: unknown) => isRecord(value) && Object.values(value).every((one) => typeof one === 'number');
  return Object.values(background['families']).every(
    (family) =>
      isRecord(family) &&
      isNumeric(family['names']) &&
      isRecord(family['lifts']) &&
      Object.values(family['lifts']).every(isRecord),
  );
}

/** Throws LodestoneError badData where the weights are damaged or of another version. */
export async function readScorer(data: Reader): Promise<ProposalScorer> {
  return new ProposalScorer(parseScorer(JSON.parse(await data.read('infill/scorer.json'))));
}

/** How public code of a family goes on, where the table can be read; else undefined with one line in the log: the repository alone speaks then. */
export async function readCorpus(
  data: Pick<NodeDataFiles, 'unpacked'>,
  family: Family,
  log: Pick<Log, 'warn'>,
): Promise<CorpusNgram | undefined> {
  const path = `infill/corpus.${family}.bin.br`;
  try {
    return CorpusNgram.parse(await data.unpacked(path));
  } catch (error) {
    const { message, advice } = toLodestoneError(error);
    log.warn(`${message} Infilling goes by this repository alone. (data/${path}) ${advice ?? ''}`);
    return undefined;
  }
}

/** Throws LodestoneError badData where the weights are missing, damaged or of another version. */
export async function readCompletionWeights(data: Reader): Promise<CompletionWeights> {
  return parseCompletionWeights(JSON.parse(await data.read('completion/repository.json')));
}
