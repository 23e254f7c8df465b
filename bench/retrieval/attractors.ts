/** The attractors of a checked-out repository, mined by the product, as a hidden function's block may show them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Attractor } from '../../src/core/mining/attractor.ts';
import { openRepository } from '../../src/node/composeEngine.ts';
import { projectRoot } from '../../test/projectRoot.ts';
import type { Scene } from './samples.ts';

const DIST = process.env['LODESTONE_DIST'] ?? join(projectRoot, 'dist');

export async function minedAttractors(folder: string): Promise<readonly Attractor[]> {
  const cacheDir = mkdtempSync(join(tmpdir(), 'lodestone-bench-'));
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  try {
    const engine = await openRepository({ root: folder, cacheDir, assetsDir: DIST, trusted: true, log, settings: {} });
    const { attractors } = await engine.mine({}, {});
    await engine.close();
    return attractors;
  } finally {
    rmSync(cacheDir, { recursive: true });
  }
}

/** Without the snippets that lie in the hidden function's file: they may be of what is hidden, and their lines have moved. */
export function withoutHidden(attractors: readonly Attractor[], { hidden }: Scene): Attractor[] {
  return attractors.map((attractor) => ({
    ...attractor,
    snippets: attractor.snippets.filter(({ path }) => path !== hidden.path),
  }));
}
