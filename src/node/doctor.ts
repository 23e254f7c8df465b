/** `doctor`: what the engine and its tools need, whether it is there, and what to do if it is not. */
import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { CallOptions } from '../base/progress.ts';
import type { DoctorEntry } from '../core/engine.ts';
import type { StoreNotice } from '../core/indexing/indexStore.ts';
import type { HealingTools } from './healingTools.ts';
import { findOnPath } from './toolchains/executables.ts';

export interface DoctorDeps {
  readonly root: string;
  readonly trusted: boolean;
  readonly storeFolder: string;
  readonly storeNotices: () => readonly StoreNotice[];
  /** What is wrong with data files, ready to be shown. */
  readonly dataProblems: () => Promise<readonly { path: string; line: number; message: string; advice: string }[]>;
}

export class DoctorChecks {
  constructor(private readonly deps: DoctorDeps) {}

  async entries(tools: HealingTools, options: CallOptions): Promise<readonly DoctorEntry[]> {
    const { root, trusted } = this.deps;
    const probes = await Promise.all(
      [...tools.toolchains, ...tools.judges, ...tools.compilers, ...tools.tests].map((toolchain) =>
        toolchain.probe(root, trusted),
      ),
    );
    return [this.node(), this.store(), await git(root, options), ...(await this.data()), ...probes];
  }

  private node(): DoctorEntry {
    const detail = process.versions['electron'] ? `Electron ${process.versions['electron']}` : '';
    return { tool: 'node', status: 'ok', version: process.versions.node, path: process.execPath, detail, advice: '' };
  }

  private store(): DoctorEntry {
    const [notice] = this.deps.storeNotices();
    const entry = { tool: 'store', version: '', path: this.deps.storeFolder };
    if (!notice) return { ...entry, status: 'ok', detail: 'readable and writable', advice: '' };
    return { ...entry, status: 'failed', detail: notice.message, advice: notice.advice };
  }

  private async data(): Promise<DoctorEntry[]> {
    return (await this.deps.dataProblems()).map(({ path, line, message, advice }) => ({
      tool: 'data',
      status: 'failed' as const,
      version: '',
      path: `${path}:${line}`,
      detail: message,
      advice,
    }));
  }
}

/** Never a `git` that the repository itself supplies: `.` or its own folders may stand on PATH (npm scripts put them there). */
async function git(root: string, { signal }: CallOptions): Promise<DoctorEntry> {
  const entry = { tool: 'git', version: '', path: '' };
  const advice = 'Install git: without it attractors are ranked without recency and survival.';
  const path = findOnPath('git', { outside: root });
  if (path === undefined) return { ...entry, status: 'missing', detail: 'not found on PATH', advice };
  try {
    const { stdout } = await promisify(execFile)(path, ['--version'], {
      cwd: dirname(path),
      timeout: 10_000,
      ...(signal ? { signal } : {}),
    });
    const version = /\d+(?:\.\d+)+/.exec(stdout)?.[0] ?? '';
    return { tool: 'git', status: 'ok', version, path, detail: 'history for recency and survival', advice: '' };
  } catch (error) {
    signal?.throwIfAborted();
    return { ...entry, status: 'failed', path, detail: (error as Error).message, advice };
  }
}
