/** What somebody is given who asks: calls that are likely, in the form that they have here, one proposal each. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstCallOf } from '../../../src/core/completion/repository/alternatives.ts';
import { RepositoryCompletion } from '../../../src/core/completion/repository/repositoryCompletion.ts';
import { parseCompletionWeights } from '../../../src/core/completion/repository/scorer.ts';
import { projectRoot } from '../../projectRoot.ts';

const weights = parseCompletionWeights(
  JSON.parse(readFileSync(join(projectRoot, 'src/data/completion/repository.json'), 'utf8')),
);

function store(): RepositoryCompletion {
  const engine = new RepositoryCompletion(weights);
  for (const name of ['orders', 'items', 'carts', 'users'])
    engine.set(
      `${name}.go`,
      'go',
      `func ${name}(s *Store) {\n\ttx := s.Begin()\n\tdefer tx.Rollback()\n\ttx.Insert(${name})\n\ttx.Commit()\n\ts.Notify(${name})\n}\n`,
    );
  return engine;
}

const texts = (prefix: string, suffix = '\n}\n', alternatives = 8) =>
  store()
    .complete({ path: 'new.go', language: 'go', prefix, suffix }, { alternatives })
    .map(({ text }) => text);

describe('alternatives for somebody who asks', () => {
  const open = 'func added(s *Store) {\n\ttx := s.Begin()\n\tdefer tx.Rollback()\n';

  it('names the calls that are likely, each once among the first', () => {
    const calls = texts(`${open}\ttx.`).map(firstCallOf);
    const apart = [...new Set(calls)];
    assert.deepEqual(calls.slice(0, apart.length), apart);
    for (const name of ['Insert', 'Commit', 'Rollback']) assert.ok(calls.includes(name), `${name} in ${calls}`);
  });

  it('writes a call at the start of a line with its receiver, if that is known in the file', () => {
    assert.ok(texts(`${open}\t`).some((text) => text.startsWith('tx.Insert(')));
    const foreign = texts('func other(db *Base) {\n\tdb.Open()\n\t');
    assert.ok(!foreign.some((text) => text.startsWith('tx.')), foreign.join());
    const engine = new RepositoryCompletion(weights);
    for (const name of ['a', 'b', 'c'])
      engine.set(`${name}.py`, 'python', `class ${name}:\n    def run(self):\n        self.prepare()\n`);
    const place = { path: 'new.py', language: 'python', prefix: 'def run(job):\n    ', suffix: '\n' } as const;
    const free = engine.complete(place, { alternatives: 8 }).map(({ text }) => text);
    assert.ok(!free.some((text) => text.startsWith('self.')), free.join());
  });

  it('goes on with the name that is begun, and repeats no bracket that stands there', () => {
    assert.ok(texts(`${open}\ttx.Ins`).some((text) => text.startsWith('ert(')));
    assert.ok(texts(`${open}\ttx.`, '(orders)\n}\n').includes('Insert'));
  });

  it('says nothing in comments, before other text, or right behind a value', () => {
    for (const [prefix, suffix] of [
      [`${open}\t// tx.`, '\n}\n'],
      [`${open}\ttx.`, 'Insert(orders)\n}\n'],
      [`${open}\ttx.Insert("a")`, '\n}\n'],
    ] as const)
      assert.deepEqual(
        texts(prefix, suffix).filter((text) => firstCallOf(text) !== undefined),
        [],
      );
  });

  it('keeps to what is worth showing for those who did not ask', () => {
    const unasked = texts(`${open}\t`, '\n}\n', 0);
    assert.ok(unasked.length < texts(`${open}\t`).length);
  });
});
