/** What the Builder says of a file with samples in it: the same as of a single candidate, before any tool is asked. */
import { strict as assert } from 'node:assert';
import type { BuilderDeps } from '../../../../src/core/infill/builder/builder.ts';
import { judged, type Workpiece } from '../../../../src/core/infill/builder/patch.ts';
import type { InfillCandidate } from '../../../../src/core/infill/infill.ts';
import type { LanguageId } from '../../../../src/core/languages.ts';
import { parser } from '../../syntax/parserFixture.ts';

/** `▢` are the samples' places, `before` stands there now. */
async function verdict(language: LanguageId, marked: string, before: string, texts: readonly string[]) {
  const parts = marked.split('▢');
  let original = parts[0] as string;
  const spans = texts.map((_, i) => {
    const start = original.length;
    original += before + (parts[i + 1] as string);
    return { start, end: start + before.length, unit: 'line', nodeType: '', symbol: '' };
  });
  const after = parts.map((part, i) => part + (texts[i] ?? '')).join('');
  let asked = 0;
  const deps = {
    parser,
    check: async () => {
      asked++;
      return { before: [], after: [], added: [], tools: [], notes: [] };
    },
  } as unknown as BuilderDeps;
  const piece = { plan: { filePath: 'a' }, original, spans } as unknown as Workpiece;
  const chosen = texts.map((text) => ({ text })) as unknown as InfillCandidate[];
  const { syntaxErrors } = await judged(piece, chosen, after, language, false, deps);
  return { syntaxErrors, asked };
}

describe('the Builder, judging samples', () => {
  it('counts what a compiler refuses although the grammar reads it, and asks no tool then', async () => {
    const go = 'package a\n\nfunc f() {\n\t▢\n}\n\nfunc g() {\n\t▢\n}\n';
    assert.deepEqual(await verdict('go', go, 'h()', ['defer h()', 'go h()']), { syntaxErrors: 0, asked: 1 });
    assert.deepEqual(await verdict('go', go, 'h()', ['defer h()', 'go h']), { syntaxErrors: 1, asked: 0 });
    assert.deepEqual(await verdict('go', go, 'h()', ['x := 1\n\tdefer x', 'go h']), { syntaxErrors: 2, asked: 0 });
    const python = 'def f(a):\n    ▢\n    return a\n';
    assert.deepEqual(await verdict('python', python, 'pass', ['a = 1']), { syntaxErrors: 0, asked: 1 });
    assert.deepEqual(await verdict('python', python, 'pass', ['print a']), { syntaxErrors: 1, asked: 0 });
  });

  it('counts the errors of the grammar in the whole file', async () => {
    const marked = 'const a = ▢;\nconst b = = 1;\n';
    assert.deepEqual(await verdict('typescript', marked, '1', ['2']), { syntaxErrors: 1, asked: 0 });
    assert.deepEqual(await verdict('typescript', 'const a = ▢;\n', '1', ['f(']), { syntaxErrors: 1, asked: 0 });
  });
});
