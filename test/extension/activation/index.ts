/**
 * Measures one start, as VS Code itself makes it: loading our bundle plus activate() (`ownMs`), and everything until
 * the extension counts as active, VS Code's own work and waiting included (`wholeMs`). Appended to LODESTONE_MEASURE.
 */
import { appendFileSync } from 'node:fs';
import Module from 'node:module';
import * as vscode from 'vscode';

/** The loader that every `require` of the extension host ends in. */
interface Loader {
  _load(request: string, ...rest: unknown[]): unknown;
}

interface Entry {
  activate(context: unknown): unknown;
}

export async function run(): Promise<void> {
  const extension = vscode.extensions.getExtension('lodestone.lodestone');
  const file = process.env['LODESTONE_MEASURE'];
  if (!extension || !file) throw new Error('Nothing to measure.');
  // The window activates it by itself some seconds later; a start that was already made cannot be measured.
  if (extension.isActive) throw new Error('The extension was active before it could be measured.');
  let ownMs = 0;
  const timed = <T>(work: () => T): T => {
    const start = performance.now();
    try {
      return work();
    } finally {
      ownMs += performance.now() - start;
    }
  };
  const loader = Module as unknown as Loader;
  const load = loader._load;
  loader._load = (request, ...rest) => {
    if (!/dist\/extension(\.js)?$/.test(request)) return load.call(loader, request, ...rest);
    const entry = timed(() => load.call(loader, request, ...rest)) as Entry;
    return { ...entry, activate: (context: unknown) => timed(() => entry.activate(context)) };
  };
  try {
    const start = performance.now();
    await extension.activate();
    if (!ownMs) throw new Error('The bundle was not seen being loaded.');
    appendFileSync(file, `${JSON.stringify({ ownMs, wholeMs: performance.now() - start })}\n`);
  } finally {
    loader._load = load;
  }
}
