/** Go's compiler and cargo check as judges of generated code: what they see, and when they say that they have not looked. */
import { strict as assert } from 'node:assert';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Toolchain } from '../../src/core/ports.ts';
import { NodeProcesses } from '../../src/node/processes.ts';
import { CargoCheck } from '../../src/node/toolchains/cargoCheck.ts';
import { findOnPath } from '../../src/node/toolchains/executables.ts';
import { GoCompiler } from '../../src/node/toolchains/goCompiler.ts';
import { ShadowCopy } from '../../src/node/toolchains/shadowCopy.ts';
import { needs } from '../missing.ts';

const trusted = { trusted: true };

class Project {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'lodestone-compilers-')));

  constructor(files: Readonly<Record<string, string>>) {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.root, path)), { recursive: true });
      writeFileSync(join(this.root, path), text);
    }
  }

  async errors(toolchain: Toolchain, path: string, text: string) {
    const snapshot = { root: this.root, overlay: new Map([[path, text]]) };
    const { diagnostics } = await toolchain.diagnose(snapshot, [path], trusted);
    return diagnostics.map((one) => `${one.path}:${one.line}:${one.column} ${one.code} ${one.message}`.trim());
  }

  files(): string[] {
    return (readdirSync(this.root, { recursive: true }) as string[]).sort();
  }

  dispose(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

describe('the Go compiler', () => {
  const go = new GoCompiler(new NodeProcesses());
  const text = 'package a\n\nfunc One() int {\n\treturn 1\n}\n';
  let project: Project;

  before(function () {
    needs(this, findOnPath('go'), 'go');
    project = new Project({
      'go.mod': 'module example.com/a\n\ngo 1.21\n',
      'a.go': text,
      'a_test.go': 'package a\n\nimport "testing"\n\nfunc TestOne(t *testing.T) { One() }\n',
      'windows/w.go': '//go:build neverland\n\npackage w\n\nfunc W() int { return 1 }\n',
      'far/far.go': 'package far\n\nimport "example.com/missing"\n\nfunc F() int { return missing.F() }\n',
    });
  });
  after(() => project?.dispose());

  it('reports each error of a text that is not on disk, with its column in UTF-16 units, and writes nothing', async () => {
    const before = project.files();
    assert.deepEqual(await project.errors(go, 'a.go', text), []);
    const wrong = text.replace('return 1', 'unused := "é" + nope; return "x"');
    const found = await project.errors(go, 'a.go', wrong);
    assert.ok(found.includes('a.go:4:18  undefined: nope'), found.join('\n'));
    assert.ok(found.some((each) => /cannot use "x"/.test(each)) && found.some((each) => /unused/.test(each)));
    assert.deepEqual(project.files(), before);
  });

  it('compiles test files too', async () => {
    const test = 'package a\n\nimport "testing"\n\nfunc TestOne(t *testing.T) { One(1) }\n';
    assert.match((await project.errors(go, 'a_test.go', test)).join(), /too many arguments/);
  });

  it('says that it has not looked where the file is not built or its package cannot be', async () => {
    const hidden = '//go:build neverland\n\npackage w\n\nfunc W() int { return nope }\n';
    await assert.rejects(project.errors(go, 'windows/w.go', hidden), /left out|excluded/);
    await assert.rejects(
      project.errors(go, 'far/far.go', 'package far\n\nimport "example.com/missing"\n\nfunc F() int { return nope }\n'),
      /could not compile/,
    );
  });

  it('runs in trusted repositories with a go.mod only', async () => {
    assert.equal((await go.probe(project.root, false)).status, 'notNeeded');
    assert.equal((await go.probe(project.root, true, { path: 'far/far.go' })).status, 'ok');
    assert.equal((await go.probe(dirname(project.root), true)).status, 'notNeeded');
    await assert.rejects(go.diagnose({ root: project.root, overlay: new Map() }, ['a.go'], { trusted: false }), {
      code: 'untrusted',
    });
  });
});

describe('cargo check', () => {
  let project: Project;
  let shadow: ShadowCopy;
  let cargo: CargoCheck;
  const text = 'pub fn one() -> u8 {\n    1\n}\n';

  before(function () {
    needs(this, findOnPath('cargo'), 'cargo');
    project = new Project({
      'kit/Cargo.toml': '[package]\nname = "kit"\nversion = "0.1.0"\nedition = "2021"\n',
      'kit/src/lib.rs': 'pub mod one;\n',
      'kit/src/one.rs': text,
      'kit/src/orphan.rs': text,
      'far/Cargo.toml':
        '[package]\nname = "far"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nno-such-crate-at-all = "1"\n',
      'far/src/lib.rs': text,
    });
    shadow = new ShadowCopy(project.root);
    cargo = new CargoCheck({ processes: new NodeProcesses(), shadow: () => shadow });
  });
  after(async () => {
    await shadow?.close();
    project?.dispose();
  });

  it('reports each error with its code, its column in UTF-16 units, once, and writes nothing', async () => {
    const before = project.files();
    assert.deepEqual(await project.errors(cargo, 'kit/src/one.rs', text), []);
    const wrong = '#[cfg(test)]\nmod t {}\npub fn one() -> u8 {\n    let _s = "𝒳"; nope\n}\n';
    assert.deepEqual(await project.errors(cargo, 'kit/src/one.rs', wrong), [
      'kit/src/one.rs:4:20 E0425 cannot find value `nope` in this scope',
    ]);
    assert.deepEqual(project.files(), before);
  });

  it('says that it has not looked where no target has the file or a crate is missing', async () => {
    await assert.rejects(
      project.errors(cargo, 'kit/src/orphan.rs', 'pub fn one() -> u8 { nope }\n'),
      /none of its targets/,
    );
    await assert.rejects(project.errors(cargo, 'far/src/lib.rs', text), /no matching package|no-such-crate/);
  });

  it('runs in trusted repositories with a Cargo.toml only', async () => {
    assert.equal((await cargo.probe(project.root, false)).status, 'notNeeded');
    assert.equal((await cargo.probe(project.root, true, { path: 'kit/src/one.rs' })).status, 'ok');
    assert.equal((await cargo.probe(project.root, true)).status, 'notNeeded');
  });
});
