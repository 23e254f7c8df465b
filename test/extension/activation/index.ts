/**
 * Measures one start, as VS Code itself makes it: time inside module loading and activate() (`ownMs`, from a sampling
 * profile), and everything until the extension counts as active, VS Code's own work and waiting included (`wholeMs`).
 * Appended to LODESTONE_MEASURE.
 */
import { appendFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { OURS_AND_LOADING, profiled } from '../profile.ts';

export async function run(): Promise<void> {
  const extension = vscode.extensions.getExtension('lodestone.lodestone');
  const file = process.env['LODESTONE_MEASURE'];
  if (!extension || !file) throw new Error('Nothing to measure.');
  // The window activates it by itself some seconds later; a start that was already made cannot be measured.
  if (extension.isActive) throw new Error('The extension was active before it could be measured.');
  let wholeMs = 0;
  const { totalMs } = await profiled(async () => {
    const start = performance.now();
    await extension.activate();
    wholeMs = performance.now() - start;
  }, OURS_AND_LOADING);
  appendFileSync(file, `${JSON.stringify({ ownMs: totalMs, wholeMs })}\n`);
}
