/** Runs `python -m training` as a person would, in the environment that scripts/setup.mjs makes for it. */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../projectRoot.ts';

/** LODESTONE_TRAINING_PYTHON names another interpreter that has training/requirements.txt installed. */
export const python = process.env.LODESTONE_TRAINING_PYTHON ?? join(projectRoot, '.vscode-test/training/bin/python');

export function hasTraining(): boolean {
  return spawnSync(python, ['-c', 'import importlib.util as u; assert u.find_spec("torch")']).status === 0;
}

export interface PythonRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Python in the project's folder; `killWhen`, asked after each output, ends the process without warning. */
export async function runPython(args: readonly string[], killWhen?: (stdout: string) => boolean): Promise<PythonRun> {
  const env = { ...process.env, OMP_NUM_THREADS: '1', CUDA_VISIBLE_DEVICES: '' };
  const child = spawn(python, args, { cwd: projectRoot, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => {
    stdout += data.toString();
    if (killWhen?.(stdout)) child.kill('SIGKILL');
  });
  child.stderr.on('data', (data: Buffer) => {
    stderr += data.toString();
  });
  const code = await new Promise<number | null>((done, fail) => {
    child.on('error', fail);
    child.on('close', done);
  });
  return { code, stdout, stderr };
}
