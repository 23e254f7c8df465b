/** `lodestone bench replay`: characters saved while the last commits of repositories are typed again. */
import { LodestoneError } from '../../base/errors.ts';
import { NodeDataFiles } from '../../node/dataFiles.ts';
import { wholeNumber } from '../arguments.ts';
import type { Invocation, Outcome } from '../command.ts';
import { EXIT } from '../exitCodes.ts';
import { printReplay, repositoryLines } from '../printers/replay.ts';
import { contextLimits } from './contextLimits.ts';
import { chosenModel, ranOn } from './ranOn.ts';
import { figuresOf, overallOf, type ReplayFigures } from './replayReport.ts';
import { type ReplaySettings, replayRepository } from './replayRun.ts';

const COMMITS = 200;
const PER_COMMIT = 8;
/** With a model, which takes some hundred milliseconds a place. */
const POSITIONS = 300;

export async function benchReplay(invocation: Invocation, folders: readonly string[]): Promise<Outcome> {
  const { options, assetsDir, call, terminal } = invocation;
  const model = chosenModel(invocation);
  const positions = wholeNumber('positions', options.positions, 1) ?? (model === null ? undefined : POSITIONS);
  const settings: ReplaySettings = {
    commits: wholeNumber('commits', options.commits, 1) ?? COMMITS,
    perCommit: wholeNumber('lines', options.lines, 1) ?? PER_COMMIT,
    ...{ positions, seed: wholeNumber('seed', options.seed, 0) ?? 1, model, limits: contextLimits(options) },
  };
  const about = await ranOn(invocation, model, call);
  const languages = await new NodeDataFiles(assetsDir).languages();
  const repositories: ReplayFigures[] = [];
  for (const folder of folders) {
    const figures = figuresOf(await replayRepository(invocation, folder, languages, settings));
    repositories.push(figures);
    // A run of hours that somebody ends tells what it had.
    terminal.log.info(repositoryLines(figures).join('\n'));
  }
  if (repositories.every(({ lines }) => lines === 0))
    throw new LodestoneError('notFound', 'There is nothing to measure: no line of these commits was typed.', {
      advice: 'Name more --commits or --positions, or repositories whose last commits add code.',
    });
  const { commits, perCommit, seed } = settings;
  const value = {
    benchmark: 'replay',
    ranOn: about,
    settings: { commits, linesPerCommit: perCommit, positions: positions ?? null, seed, ...settings.limits },
    repositories,
    overall: overallOf(repositories),
  };
  return { exitCode: EXIT.fine, value, text: printReplay(value) };
}
