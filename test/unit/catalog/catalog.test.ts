/** The catalog on the shipped data and on broken files: problems name file, line and what to change; the rest loads. */
import { strict as assert } from 'node:assert';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCatalog, type OverrideFile } from '../../../src/core/catalog/catalog.ts';
import { fixRulesFrom, riskModelFrom } from '../../../src/core/catalog/loadedData.ts';
import { NodeDataFiles, readWorkspaceOverrides } from '../../../src/node/dataFiles.ts';
import { projectRoot } from '../../projectRoot.ts';

const dataFiles = new NodeDataFiles(projectRoot, { data: join(projectRoot, 'src/data') });

const broken = (text: string, path = 'python/mine.yml', folder = 'fix-rules'): OverrideFile => ({ folder, path, text });

describe('catalog', () => {
  it('loads everything that ships without a problem', async () => {
    const catalog = await loadCatalog(dataFiles);
    assert.deepEqual(catalog.problems, []);
    assert.ok(fixRulesFrom(catalog, 'python').length > 50);
    assert.ok(fixRulesFrom(catalog, 'ecmascript').length > 20);
    const risk = riskModelFrom(catalog);
    assert.ok(Object.values(risk.weights).every((weight) => weight >= 0));
    for (const { pattern } of risk.smells) new RegExp(pattern, 'gmu');
  });

  it('has one rule per id', async () => {
    const catalog = await loadCatalog(dataFiles);
    for (const family of ['python', 'ecmascript'] as const) {
      const ids = fixRulesFrom(catalog, family).map(({ id }) => id);
      assert.deepEqual(ids.length, new Set(ids).size);
    }
  });

  for (const [title, text, line, message, advice] of [
    ['bad YAML', 'family: python\nrules:\n  - id: [\n', 4, /./, /Correct the file/],
    [
      'a missing key',
      'family: python\nrules:\n  - id: a\n    when: { codes: [X] }\n    confidence: 1\n    action: reindent\n',
      3,
      /lacks "title"/,
      /Add "title"/,
    ],
    ['an unknown key', 'family: python\nrules: []\nextra: 1\n', 1, /unknown key "extra"/, /Remove it/],
    ['a wrong value', 'family: cobol\nrules: []\n', 1, /none of the allowed values/, /python, ecmascript/],
    [
      'a bad expression',
      'family: python\nrules:\n  - id: a\n    title: Title\n    confidence: 1\n    when: { codes: [X] }\n    match: "("\n    replace: ""\n',
      7,
      /no valid regular expression/,
      /pattern/,
    ],
    [
      'an alias bomb',
      `a: &a [1]\n${Array.from(
        { length: 9 },
        (_, i) =>
          `b${i}: &b${i} [${Array(9)
            .fill(i ? `*b${i - 1}` : '*a')
            .join(', ')}]`,
      ).join('\n')}\n`,
      1,
      /alias/i,
      /Write values out/,
    ],
  ] as const)
    it(`reports ${title} with its line, and loads the rest`, async () => {
      const whole = await loadCatalog(dataFiles);
      const { entries, problems } = await loadCatalog(dataFiles, [broken(text)]);
      assert.equal(entries.length, whole.entries.length);
      const problem = problems[0];
      assert.equal(problem?.path, 'fix-rules/python/mine.yml');
      assert.equal(problem?.origin, 'workspace');
      assert.equal(problem?.line, line, problem?.message);
      assert.match(String(problem?.message), message);
      assert.match(String(problem?.advice), advice);
    });

  it('a workspace file replaces the built-in one of its name, unless it is broken', async () => {
    const good = await loadCatalog(dataFiles, [broken('family: python\nrules: []\n', 'python/names.yml')]);
    assert.equal(good.entries.find(({ path }) => path === 'python/names.yml')?.origin, 'workspace');
    const bad = await loadCatalog(dataFiles, [broken('family: 1\n', 'python/names.yml')]);
    assert.equal(bad.entries.find(({ path }) => path === 'python/names.yml')?.origin, 'builtin');
    assert.ok(bad.problems.length > 0);
  });

  it('names the kinds there are where a folder is none', async () => {
    const { problems } = await loadCatalog(dataFiles, [broken('x: 1\n', 'a.yml', 'recipes')]);
    assert.match(String(problems[0]?.advice), /fix-rules/);
  });

  it('reads the workspace folder without following links', async () => {
    const root = mkdtempSync(join(tmpdir(), 'lodestone-overrides-'));
    try {
      assert.deepEqual(await readWorkspaceOverrides(root), []);
      mkdirSync(join(root, '.lodestone/fix-rules/python'), { recursive: true });
      writeFileSync(join(root, '.lodestone/fix-rules/python/mine.yml'), 'family: python\nrules: []\n');
      writeFileSync(join(root, '.lodestone/readme.txt'), 'no data');
      symlinkSync('/etc', join(root, '.lodestone/fix-rules/linked'));
      symlinkSync('/etc/hostname', join(root, '.lodestone/fix-rules/host.yml'));
      assert.deepEqual(await readWorkspaceOverrides(root), [
        { folder: 'fix-rules', path: 'python/mine.yml', text: 'family: python\nrules: []\n' },
      ]);
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it('keeps data reads inside the data folder', async () => {
    await assert.rejects(dataFiles.read('../../package.json'), { code: 'badArguments' });
    await assert.rejects(dataFiles.read('nothing.yml'), { code: 'notFound' });
    assert.deepEqual(await dataFiles.list('no-such-folder'), []);
  });
});
