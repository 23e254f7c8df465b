/** Folders with models for tests: the shipped one, and tiny random exports of every layout that `training/` writes. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../projectRoot.ts';
import { hasTraining, runPython } from '../../training/python.ts';

export const dataFolder = join(projectRoot, 'src/data');
export const shippedFolder = join(projectRoot, 'models/denoiser');

let layouts: string | undefined;

/** Writes the layouts once; false where this machine has no PyTorch. */
export async function makeLayouts(): Promise<boolean> {
  if (layouts !== undefined) return true;
  if (!hasTraining()) return false;
  const folder = mkdtempSync(join(tmpdir(), 'lodestone-layouts-'));
  const { code, stderr } = await runPython(['-m', 'training', 'layouts', folder]);
  if (code !== 0) throw new Error(stderr);
  layouts = folder;
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return true;
}

export function layoutFolder(name: string): string {
  const folder = join(layouts ?? '', name);
  if (!existsSync(folder))
    throw new Error(`There is no layout ${name}, only ${readdirSync(layouts ?? '.').join(', ')}.`);
  return folder;
}
