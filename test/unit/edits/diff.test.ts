/** Diffs, minimal edits and hunks: properties over random texts, and `git apply` as the judge of the unified form. */
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { applyEdits } from '../../../src/base/textEdit.ts';
import { buildPatch } from '../../../src/core/edits/buildPatch.ts';
import { hunksOf, invertFile, keepHunks, keepPatchHunks } from '../../../src/core/edits/hunks.ts';
import { minimalEdits } from '../../../src/core/edits/minimalEdits.ts';
import { unifiedDiff } from '../../../src/core/edits/unifiedDiff.ts';

const lineText = fc
  .array(fc.tuple(fc.constantFrom('a', 'b b', 'c = 1;', '', 'é😀', '  x'), fc.constantFrom('\n', '\r\n')), {
    maxLength: 25,
  })
  .chain((lines) => fc.constantFrom('', 'tail').map((tail) => lines.map(([line, end]) => line + end).join('') + tail));

const patchFile = (before: string, after: string) => ({
  path: 'f.txt',
  beforeHash: 'h',
  before,
  after,
  edits: minimalEdits(before, after),
});

describe('minimalEdits', () => {
  it('turns one text into the other and never cuts CRLF or surrogates', () => {
    fc.assert(
      fc.property(lineText, lineText, (before, after) => {
        const edits = minimalEdits(before, after);
        assert.equal(applyEdits(before, edits), after);
        for (const { start, end, newText } of edits) {
          for (const at of [start, end]) {
            assert.ok(!(before[at - 1] === '\r' && before[at] === '\n'), 'cuts a CRLF');
            assert.ok(!/[\ud800-\udbff]/.test(before[at - 1] ?? '') || !/[\udc00-\udfff]/.test(before[at] ?? ''));
          }
          assert.ok(!/^[\udc00-\udfff]/.test(newText));
        }
      }),
      { numRuns: 500, seed: 7 },
    );
  });

  it('touches only what changed', () => {
    const before = 'const a = one(1);\r\nconst b = two(2);\r\n';
    const word = before.indexOf('two');
    assert.deepEqual(minimalEdits(before, before.replace('two', 'three')), [
      { start: word + 1, end: word + 3, newText: 'hree' },
    ]);
    assert.deepEqual(minimalEdits('f(a)\n', 'await f(a)\n'), [{ start: 0, end: 0, newText: 'await ' }]);
    assert.deepEqual(minimalEdits('same', 'same'), []);
  });

  it('stays fast on two long texts with nothing in common', () => {
    const text = (word: string) => Array.from({ length: 30_000 }, (_, line) => `${word} ${line}`).join('\n');
    const before = text('old');
    const after = text('new');
    const start = performance.now();
    assert.equal(applyEdits(before, minimalEdits(before, after)), after);
    assert.ok(performance.now() - start < 5000);
  });
});

describe('unifiedDiff', () => {
  it('is what git applies, for any texts and line endings', function () {
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), 'lodestone-diff-'));
    const file = join(folder, 'src/f.txt');
    mkdirSync(dirname(file));
    try {
      fc.assert(
        fc.property(lineText, lineText, (before, after) => {
          // An empty side is a creation or deletion to git; Lodestone only edits files.
          fc.pre(before !== after && before !== '' && after !== '');
          writeFileSync(file, before);
          const diff = unifiedDiff('src/f.txt', before, after);
          const git = spawnSync('git', ['apply', '--whitespace=nowarn', '-p1', '-'], { cwd: folder, input: diff });
          assert.equal(git.status, 0, `${git.stderr}\n${JSON.stringify(diff)}`);
          assert.equal(readFileSync(file, 'utf8'), after);
        }),
        { numRuns: 120, seed: 11 },
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is empty for equal texts and names both sides', () => {
    assert.equal(unifiedDiff('a.ts', 'x\n', 'x\n'), '');
    assert.equal(unifiedDiff('a.ts', 'x\n', 'y\n'), '--- a/a.ts\n+++ b/a.ts\n@@ -1,1 +1,1 @@\n-x\n+y\n');
  });
});

describe('hunks', () => {
  it('all hunks together are the change; each subset applies', () => {
    fc.assert(
      fc.property(lineText, lineText, fc.array(fc.boolean()), (before, after, chosen) => {
        const file = patchFile(before, after);
        assert.equal(keepHunks(file, () => true)?.after ?? before, after);
        const part = keepHunks(file, (hunk) => chosen[hunk.index] ?? false);
        if (part) assert.equal(applyEdits(before, part.edits), part.after);
        const back = invertFile(file, 'h2');
        assert.equal(applyEdits(after, back.edits), before);
      }),
      { numRuns: 300, seed: 3 },
    );
  });

  it('separates distant changes and joins neighbours', () => {
    const before = 'a\nb\nc\nd\ne\nf\n';
    const hunks = hunksOf(patchFile(before, 'A\nB\nc\nd\ne\nF!\n'));
    assert.deepEqual(
      hunks.map(({ beforeLine, beforeLines, afterLine, afterLines }) => [
        beforeLine,
        beforeLines,
        afterLine,
        afterLines,
      ]),
      [
        [1, 2, 1, 2],
        [6, 1, 6, 1],
      ],
    );
    assert.equal(
      keepHunks(patchFile(before, 'A\nB\nc\nd\ne\nF!\n'), ({ index }) => index === 1)?.after,
      'a\nb\nc\nd\ne\nF!\n',
    );
  });

  it('a partial patch may not be applied unattended', () => {
    const patch = buildPatch({
      title: 't',
      files: [{ path: 'f', beforeHash: 'h', before: 'a\nb\nc\nd\n', after: 'A\nb\nc\nD\n' }],
      risk: { score: 0.1, components: [] },
      syntaxErrors: 0,
      validationErrors: 0,
      sources: ['rule'],
      validatedBy: ['python'],
    });
    assert.equal(patch.canApply, true);
    assert.equal(
      keepPatchHunks(patch, () => true),
      patch,
    );
    const part = keepPatchHunks(patch, (_file, { index }) => index === 0);
    assert.equal(part?.canApply, false);
    assert.deepEqual(part?.validatedBy, []);
    assert.equal(part?.files[0]?.after, 'A\nb\nc\nd\n');
    assert.equal(
      keepPatchHunks(patch, () => false),
      undefined,
    );
  });
});
