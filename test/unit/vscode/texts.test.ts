/** Every text of the editor can be translated, and translators get all of them. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../projectRoot.ts';

interface Texts {
  textsOf(folder: string): { texts: string[]; stragglers: { text: string; file: string; line: number }[] };
  bundleOf(texts: readonly string[]): string;
}

describe('texts of the editor', () => {
  const found = async () => {
    const script = join(projectRoot, 'scripts/texts.mjs');
    const { textsOf, bundleOf } = (await import(script)) as Texts;
    return { ...textsOf(join(projectRoot, 'src/vscode')), bundleOf };
  };

  it('all go through l10n.t', async () => {
    const { texts, stragglers } = await found();
    assert.ok(texts.length > 100);
    assert.deepEqual(stragglers, []);
  });

  it('are those of the bundle that translators start from (node scripts/texts.mjs writes it)', async () => {
    const { texts, bundleOf } = await found();
    assert.equal(readFileSync(join(projectRoot, 'l10n/bundle.l10n.json'), 'utf8'), bundleOf(texts));
  });

  it('number their placeholders without gaps', async () => {
    const { texts } = await found();
    for (const text of texts) {
      const used = [...new Set([...text.matchAll(/\{(\d+)\}/g)].map(([, digits]) => Number(digits)))].sort(
        (a, b) => a - b,
      );
      assert.deepEqual(
        used,
        used.map((_, index) => index),
        text,
      );
    }
  });
});
