/** The table of import directions from DESIGN.md, held against every import in src/. */
import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { projectRoot } from './projectRoot.ts';

const src = join(projectRoot, 'src');

/** Folder → folders it may import from (itself always included). */
const LAYERS: Record<string, readonly string[]> = {
  base: [],
  core: ['base'],
  node: ['core', 'base'],
  vscode: ['core', 'base'],
  cli: ['core', 'base', 'node'],
  webview: ['base'],
};

/** Packages that are pure computation and may be used in core. */
const PURE_PACKAGES = ['diff', 'yaml', 'ajv', 'smol-toml'];

/** Inside core the arrows run one way: a folder may import those that stand before it. */
const CORE_RANK: Record<string, number> = {
  catalog: 0,
  syntax: 0,
  edits: 0,
  vectors: 0,
  graph: 0,
  mining: 1,
  history: 1,
  indexing: 2,
  lint: 2,
  retrieval: 2,
  completion: 3,
  infill: 3,
  generation: 3,
  tools: 5,
  healing: 4,
  learning: 4,
  review: 4,
};

const ENTRIES = ['extension.ts', 'engineProcess.ts', 'modelProcess.ts', 'cli.ts'];

interface Import {
  readonly file: string;
  readonly target: string;
}

function imports(): Import[] {
  const found: Import[] = [];
  for (const name of readdirSync(src, { recursive: true }) as string[]) {
    if (!name.endsWith('.ts')) continue;
    const file = join(src, name);
    const text = readFileSync(file, 'utf8');
    for (const { fileName } of ts.preProcessFile(text, true, true).importedFiles) {
      found.push({ file: relative(src, file), target: fileName });
    }
  }
  return found;
}

/** src-relative path of a relative import, or undefined for a package. */
function local(entry: Import): string | undefined {
  return entry.target.startsWith('.') ? relative(src, resolve(src, dirname(entry.file), entry.target)) : undefined;
}

describe('architecture', () => {
  const all = imports();

  it('finds the imports it is meant to hold', () => assert.ok(all.length > 20));

  it('imports between folders run in the direction of the table', () => {
    const wrong = all.filter((entry) => {
      const to = local(entry);
      const from = entry.file.split('/')[0] as string;
      if (to === undefined || ENTRIES.includes(entry.file)) return false;
      const allowed = [from, ...(LAYERS[from] ?? [])];
      return !allowed.some((layer) => to.startsWith(`${layer}/`));
    });
    assert.deepEqual(wrong, []);
  });

  it('core imports neither vscode nor node modules nor packages', () => {
    const wrong = all.filter(
      (entry) =>
        /^(core|base)\//.test(entry.file) && local(entry) === undefined && !PURE_PACKAGES.includes(entry.target),
    );
    assert.deepEqual(wrong, []);
  });

  it('only node/native imports native packages', () => {
    const native = all.filter(({ target }) => target === 'onnxruntime-node');
    assert.ok(native.length > 0);
    assert.deepEqual(
      native.filter(({ file }) => !file.startsWith('node/native/')),
      [],
    );
  });

  it('only the editor imports vscode', () => {
    const wrong = all.filter((entry) => entry.target === 'vscode' && !/^(vscode\/|extension\.ts$)/.test(entry.file));
    assert.deepEqual(wrong, []);
  });

  it('inside core the arrows run one way', () => {
    const wrong = all.filter((entry) => {
      const to = local(entry)?.split('/');
      const from = entry.file.split('/');
      if (from[0] !== 'core' || to?.[0] !== 'core' || from.length < 3 || to.length < 3 || from[1] === to[1])
        return false;
      const [a, b] = [CORE_RANK[from[1] as string], CORE_RANK[to[1] as string]];
      return a === undefined || b === undefined || b > a;
    });
    assert.deepEqual(wrong, []);
  });

  it('no file passes 500 lines', () => {
    const long = (readdirSync(src, { recursive: true }) as string[]).filter(
      (name) => name.endsWith('.ts') && readFileSync(join(src, name), 'utf8').split('\n').length > 500,
    );
    assert.deepEqual(long, []);
  });
});
