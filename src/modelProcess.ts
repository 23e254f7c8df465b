/** The denoiser's own process: composes the model, the sampler and a parser, and serves them to the engine that forked it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DenoiserApi, DenoiserProcessOptions } from './node/denoiser/denoiserApi.ts';
import { denoiserHandlers } from './node/denoiser/denoiserService.ts';
import { loadDenoiser } from './node/denoiser/loadDenoiser.ts';
import { processChannel } from './node/rpc/channels.ts';
import { serve } from './node/rpc/rpc.ts';
import { TreeSitterParser } from './node/treeSitter/treeSitterParser.ts';
import { assetsBelow, TreeSitterRuntime } from './node/treeSitter/treeSitterRuntime.ts';

const { folder, threads } = JSON.parse(process.argv[2] ?? '{}') as DenoiserProcessOptions;

// Where memory runs out this process is the one that nobody misses for long.
if (process.platform === 'linux') {
  try {
    writeFileSync('/proc/self/oom_score_adj', '800');
  } catch (error) {
    // Some containers forbid it; everything else works without.
    process.stderr.write(
      `The order in which processes are ended when memory runs out stays as it is: ${String(error)}\n`,
    );
  }
}

serve<DenoiserApi>(
  processChannel(process),
  denoiserHandlers({
    load: () =>
      loadDenoiser({
        folder,
        threads,
        dataFolder: join(__dirname, 'data'),
        freeBytes: () => process.availableMemory(),
      }),
    parser: new TreeSitterParser(new TreeSitterRuntime(assetsBelow(__dirname))),
    now: () => performance.now(),
  }),
);

process.on('disconnect', () => process.exit(0));
