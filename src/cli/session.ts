/** One repository opened for the length of a command, and closed however the command ends. */
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { neutralise } from '../base/neutralise.ts';
import type { RepositoryEngine } from '../core/engine.ts';
import type { Invocation } from './command.ts';
import { configFolder, TrustStore } from './trust.ts';

/** Opens `root`, hands its engine to `work` and closes it. `--endpoint` says where the model's server is, `--cache` where the store is unless the caller does. */
export async function withRepository<T>(
  invocation: Invocation,
  root: string,
  trusted: boolean,
  work: (engine: RepositoryEngine) => Promise<T>,
  cacheDir = invocation.options.cache,
): Promise<T> {
  const engine = await openFor(invocation, root, trusted, cacheDir);
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}

/** The engine of `root` with the invocation's options; whoever asks closes it. */
export function openFor(
  invocation: Invocation,
  root: string,
  trusted: boolean,
  cacheDir = invocation.options.cache,
): Promise<RepositoryEngine> {
  const { endpoint, denoiser } = invocation.options;
  const apiKey = process.env.LODESTONE_API_KEY;
  return invocation.open({
    root,
    ...(typeof cacheDir === 'string' ? { cacheDir } : {}),
    ...(typeof endpoint === 'string' ? { endpoint } : {}),
    ...(typeof denoiser === 'string' ? { denoiser: resolve(invocation.cwd, denoiser) } : {}),
    ...(apiKey ? { apiKey } : {}),
    assetsDir: invocation.assetsDir,
    trusted,
    log: invocation.terminal.log,
  });
}

/** `--trust`, else the remembered answer, else no. */
export function isTrusted(invocation: Invocation, root: string): boolean {
  return invocation.options.trust === true || new TrustStore(configFolder(process.env)).answer(root) === true;
}

/**
 * As `isTrusted`, but a person at a terminal who was never asked about this repository is asked, once, and may have
 * the answer remembered. Scripts (`--json`, or no terminal on either side) are never asked.
 */
export async function askTrust(invocation: Invocation, root: string): Promise<boolean> {
  if (invocation.options.trust === true) return true;
  const store = new TrustStore(configFolder(process.env));
  const remembered = store.answer(root);
  if (remembered !== undefined) return remembered;
  if (invocation.json || !invocation.terminal.interactive || process.stdin.isTTY !== true) return false;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const question =
      `Healing can run the linters, checkers and tests that ${neutralise(root, { oneLine: true })} itself configures.\n` +
      `Do you trust the authors of this repository? [y]es, now / [a]lways / [n]o, now / ne[v]er: `;
    const answer = (await lines.question(question, { signal: invocation.call.signal })).trim().toLowerCase();
    if (answer === 'a' || answer === 'always') store.remember(root, true);
    if (answer === 'v' || answer === 'never') store.remember(root, false);
    return ['y', 'yes', 'a', 'always'].includes(answer);
  } finally {
    lines.close();
  }
}
