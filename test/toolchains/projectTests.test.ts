/** npm test, go test and cargo test as judges: which tests fail, where, and when they say that nothing was tested. */
import { strict as assert } from 'node:assert';
import type { Toolchain } from '../../src/core/ports.ts';
import { CargoTestToolchain } from '../../src/node/toolchains/cargoTest.ts';
import { findOnPath } from '../../src/node/toolchains/executables.ts';
import { GoTestToolchain } from '../../src/node/toolchains/goTest.ts';
import { NpmTestToolchain } from '../../src/node/toolchains/npmTest.ts';
import { needs } from '../missing.ts';
import { TestedProject } from './testedProject.ts';

const GO_TESTS = `package a

import "testing"

func TestOne(t *testing.T) {
	if One() != 1 {
		t.Fatal("one is not 1")
	}
}

func TestTable(t *testing.T) {
	t.Run("first", func(t *testing.T) {
		if One() > 2 {
			t.Errorf("got %d", One())
		}
	})
}
`;
const RUST = `pub fn one() -> u8 {
    1
}

#[cfg(test)]
mod tests {
    #[test]
    fn is_one() {
        assert_eq!(super::one(), 1);
    }
}
`;

describe('npm test', () => {
  const script = (test: string) => JSON.stringify({ scripts: { test } });
  const one = (value: string) => `exports.one = () => ${value};\n`;
  let project: TestedProject;
  let tests: Toolchain;

  before(() => {
    project = new TestedProject({
      'package.json': JSON.stringify({ workspaces: ['kit'] }),
      'kit/package.json': script('node test.js'),
      'kit/test.js': "require('assert').equal(require('./src/one.js').one(), 1);\n",
      'kit/src/one.js': one('1'),
      'far/one.js': one('1'),
    });
    tests = new NpmTestToolchain(project.deps);
  });
  after(() => project?.dispose());

  it('runs those of the package that a file belongs to', async () => {
    assert.deepEqual(await project.failing(tests, 'kit/src/one.js', one('1')), []);
    assert.deepEqual(await project.failing(tests, 'kit/src/one.js', one('2')), ['kit/src/one.js:1 npm test']);
    assert.equal((await tests.probe(project.root, true, { path: 'kit/src/one.js' })).status, 'ok');
    assert.equal((await tests.probe(project.root, true, { path: 'far/one.js' })).status, 'notNeeded');
  });
});

describe('go test', () => {
  const one = (value: string) => `package a\n\nfunc One() int {\n\treturn ${value}\n}\n`;
  let project: TestedProject;
  let tests: Toolchain;

  before(function () {
    needs(this, findOnPath('go'), 'go');
    project = new TestedProject({
      'kit/go.mod': 'module example.com/kit\n\ngo 1.21\n',
      'kit/a/a.go': one('1'),
      'kit/a/a_test.go': GO_TESTS,
      'kit/b/b.go': 'package b\n\nimport "example.com/kit/a"\n\nfunc Two() int { return a.One() * 2 }\n',
      'kit/b/b_test.go':
        'package b\n\nimport "testing"\n\nfunc TestTwo(t *testing.T) {\n\tif Two() != 2 {\n\t\tpanic("two")\n\t}\n}\n',
      'far/go.mod': 'module example.com/far\n\ngo 1.21\n',
      'far/far.go': 'package far\n\nimport _ "example.com/missing"\n',
    });
    tests = new GoTestToolchain(project.deps);
  });
  after(() => project?.dispose());

  it('names each test that fails and its place, also in packages that need the changed one, and writes nothing', async () => {
    const before = project.files();
    assert.deepEqual(await project.failing(tests, 'kit/a/a.go', one('1')), []);
    assert.deepEqual(await project.failing(tests, 'kit/a/a.go', one('3')), [
      ':1 example.com/kit/a TestTable',
      ':1 example.com/kit/b TestTwo',
      'kit/a/a_test.go:14 example.com/kit/a TestTable/first',
      'kit/a/a_test.go:7 example.com/kit/a TestOne',
    ]);
    assert.deepEqual(project.files(), before);
  });

  it('names the packages that do not compile', async () => {
    assert.deepEqual(await project.failing(tests, 'kit/a/a.go', one('nope')), [
      ':1 example.com/kit/a',
      ':1 example.com/kit/b',
    ]);
  });

  it('says that nothing was tested where modules are missing', async () => {
    await assert.rejects(project.failing(tests, 'far/far.go', 'package far\n\nimport _ "example.com/missing"\n'), {
      code: 'toolFailed',
      message: /example\.com\/missing/,
    });
  });

  it('runs where there is a module and trust', async () => {
    assert.equal((await tests.probe(project.root, false, { path: 'kit/a/a.go' })).status, 'notNeeded');
    assert.equal((await tests.probe(project.root, true, { path: 'kit/a/a.go' })).status, 'ok');
    assert.equal((await tests.probe(project.root, true)).status, 'notNeeded');
  });
});

describe('cargo test', () => {
  let project: TestedProject;
  let tests: Toolchain;

  before(function () {
    needs(this, findOnPath('cargo'), 'cargo');
    project = new TestedProject({
      'Cargo.toml': '[workspace]\nmembers = ["kit"]\nresolver = "2"\n',
      'kit/Cargo.toml': '[package]\nname = "kit"\nversion = "0.1.0"\nedition = "2021"\n',
      'kit/src/lib.rs': RUST,
      'far/Cargo.toml':
        '[package]\nname = "far"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\nno-such-crate-anywhere = "1"\n\n[workspace]\n',
      'far/src/lib.rs': RUST,
    });
    tests = new CargoTestToolchain(project.deps);
  });
  after(() => project?.dispose());

  it('names each test that fails and its place, and writes nothing', async () => {
    const before = project.files();
    assert.deepEqual(await project.failing(tests, 'kit/src/lib.rs', RUST), []);
    assert.deepEqual(await project.failing(tests, 'kit/src/lib.rs', RUST.replace('    1\n', '    2\n')), [
      'kit/src/lib.rs:9 tests::is_one',
    ]);
    assert.deepEqual(project.files(), before);
  });

  it('fails as a whole where it does not compile, and says that nothing was tested where crates are missing', async () => {
    assert.deepEqual(await project.failing(tests, 'kit/src/lib.rs', RUST.replace('    1\n', '    nope\n')), [
      ':1 cargo test',
    ]);
    await assert.rejects(project.failing(tests, 'far/src/lib.rs', RUST), {
      code: 'toolFailed',
      message: /no matching package|no-such-crate/,
    });
  });

  it('runs where there is a package and trust', async () => {
    assert.equal((await tests.probe(project.root, false, { path: 'kit/src/lib.rs' })).status, 'notNeeded');
    assert.equal((await tests.probe(project.root, true, { path: 'kit/src/lib.rs' })).status, 'ok');
  });
});
