/** The engine's own process: composes one engine per repository and serves them to the host that forked it. */
import { openRepository } from './node/composeEngine.ts';
import { serveEngines } from './node/engineServer.ts';
import { processChannel } from './node/rpc/channels.ts';

/** Longest time in ms that stores may take to close after the host is gone. */
const CLOSING_MS = 3_000;

serveEngines(
  processChannel(process),
  ({ cacheFolder, ...request }, log) =>
    openRepository({
      ...request,
      ...(cacheFolder ? { cacheDir: cacheFolder } : {}),
      assetsDir: __dirname,
      log,
    }),
  () => process.exit(0),
);

process.on('disconnect', () => setTimeout(() => process.exit(0), CLOSING_MS).unref());
