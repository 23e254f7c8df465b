/** A project on disk whose tests a toolchain runs. */
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Toolchain } from '../../src/core/ports.ts';
import { NodeProcesses } from '../../src/node/processes.ts';
import type { ProjectTestsDeps } from '../../src/node/toolchains/projectTests.ts';
import { ShadowCopy } from '../../src/node/toolchains/shadowCopy.ts';

export class TestedProject {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'lodestone-tests-')));
  readonly deps: ProjectTestsDeps;
  private readonly shadow = new ShadowCopy(this.root);

  constructor(files: Readonly<Record<string, string>>) {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.root, path)), { recursive: true });
      writeFileSync(join(this.root, path), text);
    }
    this.deps = { processes: new NodeProcesses(), shadow: () => this.shadow };
  }

  /** Place and code of each test that fails with a text in a file's stead. */
  async failing(tests: Toolchain, path: string, text: string): Promise<string[]> {
    const snapshot = { root: this.root, overlay: new Map([[path, text]]) };
    const { diagnostics } = await tests.diagnose(snapshot, [path], { trusted: true });
    return diagnostics.map((one) => `${one.path}:${one.line} ${one.code}`).sort();
  }

  files(): string[] {
    return (readdirSync(this.root, { recursive: true }) as string[]).sort();
  }

  async dispose(): Promise<void> {
    await this.shadow.close();
    rmSync(this.root, { recursive: true, force: true });
  }
}
