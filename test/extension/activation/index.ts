/** Measures one start: activate() with module load, as VS Code itself calls it. Written to LODESTONE_MEASURE. */
import { appendFileSync } from 'node:fs';
import * as vscode from 'vscode';

export async function run(): Promise<void> {
  const extension = vscode.extensions.getExtension('lodestone.lodestone');
  const file = process.env['LODESTONE_MEASURE'];
  if (!extension || !file) throw new Error('Nothing to measure.');
  // The window activates it by itself some seconds later; a start that was already made cannot be measured.
  if (extension.isActive) throw new Error('The extension was active before it could be measured.');
  const start = performance.now();
  await extension.activate();
  appendFileSync(file, `${JSON.stringify({ activateMs: performance.now() - start })}\n`);
}
