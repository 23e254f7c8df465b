/** `lodestone mcp`: the MCP server that an agent starts; standard output carries the protocol and nothing else. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LodestoneError, toLodestoneError } from '../../base/errors.ts';
import type { RepositoryEngine } from '../../core/engine.ts';
import { pathIn, type ToolHost } from '../../core/tools/tool.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exitCodes.ts';
import { locateFolder, repositoryRootOf } from '../repositoryRoot.ts';
import { isTrusted, openFor } from '../session.ts';

/** So long what was mined counts as fresh, in milliseconds. */
const FRESH_MS = 10_000;

export const mcp: Command = {
  name: 'mcp',
  summary:
    'Serve findAttractors, considerBlock and healFile to an agent over MCP (stdio). What they return, its model sees.',
  usage: 'mcp [--root DIR] [--trust] [--cache DIR]',
  arity: [0, 0],
  options: {
    root: {
      type: 'string',
      value: 'DIR',
      help: "The repository (default: the client's folder that a call's path lies in, or its first; else the current one).",
    },
  },
  async run(invocation) {
    const { options, cwd, version, call } = invocation;
    if (invocation.json)
      throw new LodestoneError('badArguments', 'lodestone mcp speaks its own protocol on standard output.', {
        advice: 'Leave --json out.',
      });
    const named = typeof options.root === 'string' ? rootAt(cwd, options.root) : undefined;
    const engines = new Map<string, Promise<RepositoryEngine>>();
    const host = async (clientRoots: readonly string[], path: string | undefined): Promise<ToolHost> => {
      const root = named ?? rootFor(cwd, clientRoots, path);
      const trusted = isTrusted(invocation, root);
      let opening = engines.get(root);
      if (!opening) {
        opening = openFor(invocation, root, trusted);
        engines.set(root, opening);
        opening.catch(() => engines.delete(root));
      }
      const engine = await opening;
      await refresh(root, engine);
      return { root, engine, unsaved: {}, trusted };
    };
    const refreshed = new Map<string, { at: number; done: Promise<unknown> }>();
    /** Files change while a server lives: what is known of them is brought up to date, once for calls that come together. */
    const refresh = async (root: string, engine: RepositoryEngine): Promise<void> => {
      const now = performance.now();
      let last = refreshed.get(root);
      if (!last || now - last.at > FRESH_MS) {
        last = { at: now, done: engine.mine({}, { signal: call.signal }) };
        refreshed.set(root, last);
        last.done.catch(() => refreshed.delete(root));
      }
      try {
        await last.done;
      } catch (error) {
        // An editor mines the same store: what it found last does.
        if (toLodestoneError(error).code !== 'storeBusy') throw error;
      }
    };
    // Loaded here, since nobody else needs the SDK.
    const { serveMcp } = await import('../mcp/server.ts');
    try {
      await serveMcp({ version, host, signal: call.signal });
    } finally {
      for (const engine of engines.values()) await (await engine.catch(() => undefined))?.close();
    }
    return { exitCode: EXIT.fine, value: {}, text: '' };
  },
};

function rootAt(cwd: string, folder: string): string {
  return repositoryRootOf(locateFolder(cwd, folder));
}

/** The client's folder that the path lies in, else its first, else the current one. */
function rootFor(cwd: string, clientRoots: readonly string[], path: string | undefined): string {
  const roots = clientRoots.map((uri) => rootAt(cwd, folderOf(uri)));
  const [first] = roots;
  if (first !== undefined) return roots.find((root) => path !== undefined && holds(root, path)) ?? first;
  const root = rootAt(cwd, '.');
  if (root === homedir() || root === dirname(root))
    throw new LodestoneError('badArguments', `${root}, where the server was started, is no repository.`, {
      advice: 'Start the server with --root DIR.',
    });
  return root;
}

function holds(root: string, path: string): boolean {
  try {
    return existsSync(join(root, pathIn({ root }, path)));
  } catch {
    return false;
  }
}

function folderOf(uri: string): string {
  try {
    return fileURLToPath(uri);
  } catch (cause) {
    throw new LodestoneError('badArguments', `"${uri}" is no folder on this machine.`, {
      advice: 'Start the server with --root DIR.',
      cause,
    });
  }
}
