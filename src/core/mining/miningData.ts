/** The data that the miners need, out of the catalog and the shipped background table. */
import type { Catalog } from '../catalog/catalog.ts';
import type { Clock } from '../ports.ts';
import type { AntipatternFile } from './antipatterns.ts';
import { unpackBackground } from './background.ts';
import type { CuratedFile } from './curated.ts';
import type { FrameworkEntry } from './frameworks.ts';
import type { MiningReducerDeps } from './miningReducer.ts';

/** Path of the background table for `DataFiles.read`. */
export const BACKGROUND_PATH = 'background/functions.txt';

/** `background` is the text of BACKGROUND_PATH; throws LodestoneError badData for a table of another version. */
export function miningDepsFrom(catalog: Catalog, background: string | undefined, clock: Clock): MiningReducerDeps {
  return {
    clock,
    frameworks: catalog.of<FrameworkEntry>('frameworks').map(({ value }) => value),
    curated: catalog.of<CuratedFile>('attractors').map(({ value }) => value),
    antipatterns: catalog.of<AntipatternFile>('conventions').map(({ value }) => value),
    ...(background === undefined ? {} : { background: unpackBackground(background) }),
  };
}
