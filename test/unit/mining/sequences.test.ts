import { strict as assert } from 'node:assert';
import { Breather } from '../../../src/base/progress.ts';
import { BackgroundModel, EMPTY_BACKGROUND } from '../../../src/core/mining/background.ts';
import type { Candidate } from '../../../src/core/mining/candidate.ts';
import { digestFile } from '../../../src/core/mining/digestFile.ts';
import type { FileDigest } from '../../../src/core/mining/fileDigest.ts';
import { LabelTable } from '../../../src/core/mining/labelTable.ts';
import { mineSequences } from '../../../src/core/mining/sequenceMiner.ts';
import { SnippetCutter } from '../../../src/core/mining/snippets.ts';
import { analyse } from './mineTexts.ts';

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));

/** Eight files of `text`, among functions that call other things in every order, so that an order means something. */
function many(end: 'py' | 'rs', text: (index: number) => string): Record<string, string> {
  const calls = (at: number) => times(4, (step) => `chore_${(at * (step + 2) + step * 5) % 11}`);
  const other = {
    py: (at: number) =>
      `def other${at}(pot):\n${calls(at)
        .map((name) => `    pot.${name}(${at})\n`)
        .join('')}`,
    rs: (at: number) =>
      `fn other${at}(pot: Pot) {\n${calls(at)
        .map((name) => `    pot.${name}(${at});\n`)
        .join('')}}\n`,
  };
  const file = (index: number) => text(index) + times(6, (at) => other[end](index * 6 + at)).join('');
  return Object.fromEntries(times(8, (index) => [`src/part${index}.${end}`, file(index)]));
}

async function mine(texts: Record<string, string>) {
  const [labels, names] = [new LabelTable(), new LabelTable()];
  const files: FileDigest[] = [];
  for (const [path, text] of Object.entries(texts))
    files.push(digestFile(path, await analyse(path, text), labels, names));
  const family = (files[0] as FileDigest).family;
  // Without a background every name is rare.
  const model = new BackgroundModel({ ...EMPTY_BACKGROUND, functions: { [family]: 10_000 } }, family);
  const clock = { now: () => performance.now(), yieldNow: () => Promise.resolve() };
  const breather = new Breather(clock, () => undefined);
  const { candidates } = await mineSequences(family, files, names, model, breather);
  const cutter = new SnippetCutter(async (path) => texts[path]);
  const example = async ({ sites, mentions }: Candidate) => (await cutter.canonical(sites, 1, mentions))[0]?.text ?? '';
  return { candidates, example };
}

describe('API call sequences', () => {
  it('are named as they are written and shown to the end of the last call', async () => {
    const { candidates, example } = await mine(
      many(
        'py',
        (index) => `
def book${index}(ledger, rows):
    ledger.open_batch(rows)
    count${index} = rows.size${index}()
    ledger.seal_batch(
        count${index},
    )
`,
      ),
    );
    const found = candidates.find(({ pattern }) => pattern === 'open_batch > seal_batch');
    assert.equal(found?.name, 'Call `ledger.open_batch`, then `ledger.seal_batch`');
    assert.match(await example(found), /^ {4}ledger\.open_batch[^]*seal_batch\(\n.*,\n {4}\)$/);
  });

  it('show an argument that is made before the call that takes it, with that call', async () => {
    const { candidates, example } = await mine(
      many(
        'py',
        (index) => `
def send${index}(post, item):
    post.deliver_mail(
        make_envelope(item, ${index}),
    )
`,
      ),
    );
    const found = candidates.find(({ pattern }) => pattern === 'make_envelope > deliver_mail');
    assert.ok(found);
    assert.match(await example(found), /deliver_mail\([^]*make_envelope/);
  });

  it('name a constructor by its type, through whatever path it came, and say nothing of one without', async () => {
    const { candidates } = await mine(
      many(
        'rs',
        (index) => `use crate::pottery;

impl Part${index} {
    fn glaze(pot: u32) -> u32 {
        let mut kiln = pottery::Kiln::new(pot);
        let heat = warm${index}(pot);
        kiln.fire_slowly(heat);
        Self::new(heat).cool_down();
        heat
    }
}
`,
      ),
    );
    const patterns = candidates.map(({ pattern }) => pattern);
    assert.ok(
      patterns.some((pattern) => pattern.startsWith('Kiln::new > ')),
      patterns.join('; '),
    );
    assert.ok(!patterns.some((pattern) => /(?:^|> )new\b/.test(pattern)), patterns.join('; '));
  });

  it('put what the repository defines before what its language offers everybody', async () => {
    const { candidates } = await mine(
      many(
        'py',
        (index) => `
def stock_shelf(shelf): return shelf
def close_shelf(shelf): return shelf

def tidy${index}(shelf):
    stock_shelf(shelf)
    wait${index}(shelf)
    close_shelf(shelf)

def cache${index}(handle, text):
    handle.seek(${index})
    wait${index}(text)
    handle.truncate()
`,
      ),
    );
    const gain = (pattern: string) => candidates.find((candidate) => candidate.pattern === pattern)?.gain ?? 0;
    assert.ok(gain('seek > truncate') > 0);
    assert.ok(gain('stock_shelf > close_shelf') > 3 * gain('seek > truncate'));
  });
});
