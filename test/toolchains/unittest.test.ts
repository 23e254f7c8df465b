/** unittest and Django's own runner as judges: which tests fail, where, who of the two or pytest runs them. */
import { strict as assert } from 'node:assert';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Toolchain } from '../../src/core/ports.ts';
import { NodeProcesses } from '../../src/node/processes.ts';
import { PytestToolchain } from '../../src/node/toolchains/pytest.ts';
import { PythonEnvironment } from '../../src/node/toolchains/pythonEnvironment.ts';
import { UnittestToolchain } from '../../src/node/toolchains/unittest.ts';
import { needs } from '../missing.ts';
import { projectRoot } from '../projectRoot.ts';
import { TestedProject } from './testedProject.ts';

const area = (sign: string) => `def area(w, h):\n    return w ${sign} h\n`;
const TESTS = `import unittest

from shapes.area import area


class AreaTest(unittest.TestCase):
    def test_area(self):
        """A rectangle's."""
        self.assertEqual(area(2, 3), 6)

    def test_cases(self):
        for side in (2, 3):
            with self.subTest(side=side):
                self.assertEqual(area(side, 0), 0)

    def test_other(self):
        self.assertTrue(True)
`;
const SETTINGS = `SECRET_KEY = 'x'
INSTALLED_APPS = ['django.contrib.contenttypes', 'django.contrib.auth', 'shop']
DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': ':memory:'}}
USE_TZ = True
`;
const MANAGE = `import os
import sys

os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site_settings')
from django.core.management import execute_from_command_line

execute_from_command_line(sys.argv)
`;
const SHOP_TESTS = `from django.contrib.auth.models import User
from django.test import TestCase

from shop.area import area


class ShopTest(TestCase):
    def test_area(self):
        User.objects.create(username='a')
        self.assertEqual(area(2, 3), 6 * User.objects.count())
`;

describe('unittest', () => {
  // The one that `npm test` installed: it has Django.
  const own = join(projectRoot, '.vscode-test/python/bin/python');
  const environment = new PythonEnvironment(new NodeProcesses(), {
    selected: () => (existsSync(own) ? own : undefined),
  });
  let project: TestedProject;
  let tests: Toolchain;

  before(async function () {
    this.timeout(60_000);
    needs(this, await environment.interpreter(tmpdir(), false), 'Python 3.8 or later');
    project = new TestedProject({
      'shapes/__init__.py': '',
      'shapes/area.py': area('*'),
      'tests/__init__.py': '',
      'tests/test_area.py': TESTS,
      'site/manage.py': MANAGE,
      'site/site_settings.py': SETTINGS,
      'site/shop/__init__.py': '',
      'site/shop/area.py': area('*'),
      'site/shop/tests.py': SHOP_TESTS,
    });
    tests = new UnittestToolchain(project.deps, environment);
  });
  after(() => project?.dispose());

  it('names each test that fails and its place, and writes nothing', async function () {
    this.timeout(60_000);
    const before = project.files();
    assert.deepEqual(await project.failing(tests, 'shapes/area.py', area('*')), []);
    assert.deepEqual(await project.failing(tests, 'shapes/area.py', area('+')), [
      'tests/test_area.py:14 tests.test_area.AreaTest.test_cases',
      'tests/test_area.py:14 tests.test_area.AreaTest.test_cases',
      'tests/test_area.py:9 tests.test_area.AreaTest.test_area',
    ]);
    assert.deepEqual(project.files(), before);
  });

  it('names the modules that cannot be read, and says where nothing was tested', async function () {
    this.timeout(60_000);
    assert.deepEqual(await project.failing(tests, 'shapes/area.py', 'nope\n'), [
      'tests/test_area.py:3 tests.test_area',
    ]);
    await assert.rejects(project.failing(tests, 'tests/test_area.py', ''), { code: 'toolFailed', message: /no tests/ });
  });

  it('is Django’s where a manage.py is not pytest’s, with its database', async function () {
    this.timeout(120_000);
    const python = await environment.interpreter(project.root, true);
    const django = await new NodeProcesses().run({
      ...{ command: python?.path ?? '', args: ['-c', 'import django'], cwd: project.root, timeoutMs: 30_000 },
    });
    needs(this, django.exitCode === 0, 'Django');
    assert.deepEqual(await project.failing(tests, 'site/shop/area.py', area('*')), []);
    assert.deepEqual(await project.failing(tests, 'site/shop/area.py', area('+')), [
      'site/shop/tests.py:10 shop.tests.ShopTest.test_area',
    ]);
    await assert.rejects(project.failing(tests, 'site/site_settings.py', 'nope\n'), {
      code: 'toolFailed',
      message: /NameError/,
      advice: /manage\.py test/,
    });
  });

  it('runs where pytest does not, and pytest where it is told of Django’s settings', async function () {
    this.timeout(60_000);
    const pytest = new PytestToolchain(project.deps, environment);
    const statusOf = async (path: string, trusted = true) =>
      Promise.all([pytest, tests].map(async (each) => (await each.probe(project.root, trusted, { path })).status));
    assert.deepEqual(await statusOf('site/shop/area.py'), ['notNeeded', 'ok']);
    assert.deepEqual(await statusOf('site/shop/area.py', false), ['notNeeded', 'notNeeded']);
    needs(this, await environment.tool('pytest', project.root, true), 'pytest');
    assert.deepEqual(await statusOf('shapes/area.py'), ['ok', 'notNeeded']);
    const told = new TestedProject({
      'manage.py': MANAGE,
      'pytest.ini': '[pytest]\nDJANGO_SETTINGS_MODULE = site_settings\n',
    });
    try {
      assert.equal((await pytest.probe(told.root, true, { path: 'manage.py' })).status, 'ok');
    } finally {
      await told.dispose();
    }
  });
});
