/** What the two runners of Python's tests have in common: who runs them, and where the copy's packages are. */
import { delimiter, join, posix } from 'node:path';
import { readRegularText } from '../files/regularText.ts';
import { manifestAbove } from './manifests.ts';
import { ProjectTests, type ProjectTestsDeps } from './projectTests.ts';
import type { PythonEnvironment } from './pythonEnvironment.ts';

/** Files in which pytest is told of Django's settings. */
const PYTEST_CONFIGS = ['pytest.ini', 'pyproject.toml', 'setup.cfg', 'tox.ini', 'conftest.py'];

/** Repository-relative folder of the Django project that a file belongs to, if its tests are run by manage.py: pytest knows nothing of its settings. */
export function managedAbove(root: string, path: string | undefined): string | undefined {
  const folder = manifestAbove(root, path, 'manage.py');
  const read = (at: string, name: string) => readRegularText(join(root, at, name)) ?? '';
  if (folder === undefined || !/django/i.test(read(folder, 'manage.py'))) return undefined;
  const places = [folder, '.', posix.dirname(folder)];
  const isTold = PYTEST_CONFIGS.some((name) => places.some((at) => /DJANGO_SETTINGS_MODULE/.test(read(at, name))));
  return isTold ? undefined : folder;
}

export abstract class PythonTests extends ProjectTests {
  readonly languages = ['python'] as const;

  constructor(
    deps: ProjectTestsDeps,
    protected readonly environment: PythonEnvironment,
  ) {
    super(deps);
  }

  /** A package that is installed in place (`pip install -e`) must be the copy's, not the user's. */
  protected override environmentIn(folder: string): Record<string, string> {
    const paths = [join(folder, 'src'), folder, ...(process.env.PYTHONPATH ? [process.env.PYTHONPATH] : [])];
    return { PYTHONDONTWRITEBYTECODE: '1', PYTHONPATH: paths.join(delimiter) };
  }
}
