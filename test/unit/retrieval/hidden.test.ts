/** The body protocol on a small repository with the real parser: what was hidden is gone, and its APIs come back. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FactsReader, type Repository } from '../../../bench/retrieval/repository.ts';
import { indexOf, put } from '../../../bench/retrieval/samples.ts';
import type { LanguageId } from '../../../src/core/languages.ts';
import { CallEmbedding } from '../../../src/core/retrieval/callEmbedding.ts';
import { createContextProvider } from '../../../src/core/retrieval/contextProvider.ts';
import type { SourceText } from '../../../src/core/retrieval/heldOut.ts';
import { callingFiles, hide, targetsOf } from '../../../src/core/retrieval/heldOut.ts';
import { parseWeights } from '../../../src/core/retrieval/model.ts';
import { projectRoot } from '../../projectRoot.ts';

const NOUNS = ['invoice', 'order', 'ticket', 'coupon', 'parcel', 'refund', 'voucher'];
const title = (noun: string) => (noun[0] as string).toUpperCase() + noun.slice(1);

/** A repository of one idiom: load, check the owner, change, write the trail. */
const SOURCES: Readonly<
  Record<'typescript' | 'python' | 'go' | 'rust', (noun: string) => { path: string; text: string }>
> = {
  typescript: (noun) => ({
    path: `src/${noun}/${noun}Service.ts`,
    text: `import { loadRow, saveRow } from '../store';
import { requireOwner } from '../access';
import { writeTrail } from '../trail';

function describe${title(noun)}(row: Row): string {
  return formatRow(row, '${noun}');
}

export async function close${title(noun)}(id: string, user: User): Promise<void> {
  const row = await loadRow('${noun}', id);
  requireOwner(row, user);
  await saveRow({ ...row, open: false });
  writeTrail(describe${title(noun)}(row), user);
}

export function label${title(noun)}(row: Row): string {
  return translate(formatRow(row, '${noun}'));
}
`,
  }),
  python: (noun) => ({
    path: `app/${noun}_service.py`,
    text: `from app.store import load_row, save_row
from app.access import require_owner
from app.trail import write_trail


def close_${noun}(id, user):
    row = load_row("${noun}", id)
    require_owner(row, user)
    row.open = False
    save_row(row)
    write_trail("close", user)


def label_${noun}(row):
    return translate(row.title)
`,
  }),
  go: (noun) => ({
    path: `internal/${noun}/service.go`,
    text: `package ${noun}

import "example.org/shop/store"

func Close${title(noun)}(id string, user User) error {
	row, err := store.LoadRow(id)
	if err != nil {
		return err
	}
	RequireOwner(row, user)
	WriteTrail("close", user)
	return store.SaveRow(row)
}

func Label${title(noun)}(row Row) string {
	return Translate(row.Title)
}
`,
  }),
  rust: (noun) => ({
    path: `src/${noun}.rs`,
    text: `use crate::store::{load_row, save_row};

pub fn close_${noun}(id: &str, user: &User) -> Result<()> {
    let mut row = load_row(id)?;
    require_owner(&row, user);
    row.open = false;
    write_trail("close", user);
    save_row(row)
}

pub fn label_${noun}(row: &Row) -> String {
    translate(&row.title)
}
`,
  }),
};

describe('hidden functions', () => {
  const reader = new FactsReader();
  const weights = parseWeights(JSON.parse(readFileSync(join(projectRoot, 'src/data/retrieval/weights.json'), 'utf8')));
  const embedding = new CallEmbedding(readFileSync(join(projectRoot, 'src/data/retrieval/embedding.json'), 'utf8'));

  async function repositoryOf(language: keyof typeof SOURCES): Promise<Repository> {
    const files = new Map<string, SourceText>();
    for (const noun of NOUNS) {
      const { path, text } = SOURCES[language](noun);
      files.set(path, { path, language: language as LanguageId, text, facts: await reader.read(language, text) });
    }
    return { name: language, commit: '', files };
  }

  for (const language of Object.keys(SOURCES) as (keyof typeof SOURCES)[]) {
    it(`recovers what a hidden ${language} function called`, async () => {
      const repository = await repositoryOf(language);
      const index = indexOf(repository);
      const counts = callingFiles(repository.files.values());
      const targets = targetsOf(repository.files.values(), counts, 3);
      assert.equal(targets.length, NOUNS.length);
      for (const target of targets.slice(0, 3)) {
        const hidden = await hide(target.file, target.index, target.truth, counts, reader);
        assert.ok(hidden);
        for (const name of ['saveRow', 'save_row', 'SaveRow'])
          assert.ok(!hidden.file.text.includes(name), hidden.file.text);
        put(index, hidden.file);
        const provider = createContextProvider({
          index,
          weights,
          embedding,
          attractors: () => [],
          lineComment: (id) => reader.lineComment(id),
        });
        const { considerBlock, apis } = provider.context({ ...hidden.file, line: hidden.line, bytes: 300 });
        const given = new Set(considerBlock.match(/\w+/g) ?? []);
        for (const name of target.truth) assert.ok(given.has(name), `${name} is missing in:\n${considerBlock}`);
        const names = apis.map(({ name }) => name);
        assert.ok(
          [...target.truth].every((name) => names.indexOf(name) < 6),
          names.join(' '),
        );
        put(index, target.file);
      }
    });
  }

  it('takes private helpers and imports that only the hidden body used along', async () => {
    const repository = await repositoryOf('typescript');
    const counts = callingFiles(repository.files.values());
    const [target] = targetsOf(repository.files.values(), counts, 3);
    const hidden = target && (await hide(target.file, target.index, target.truth, counts, reader));
    assert.ok(hidden);
    assert.ok(!/describe[A-Z]/.test(hidden.file.text) && !hidden.file.text.includes('import'), hidden.file.text);
    assert.ok(hidden.file.text.includes('translate(formatRow('));
    assert.equal(hidden.file.facts.syntaxErrors, 0);
  });
});
