/** Completion from the repository itself: copying with names put in place, both sides, files that come and go, odd text at the cursor. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LodestoneError } from '../../../src/base/errors.ts';
import { RepositoryCompletion } from '../../../src/core/completion/repository/repositoryCompletion.ts';
import { parseCompletionWeights } from '../../../src/core/completion/repository/scorer.ts';
import type { LanguageId } from '../../../src/core/languages.ts';
import { projectRoot } from '../../projectRoot.ts';

const shipped: unknown = JSON.parse(readFileSync(join(projectRoot, 'src/data/completion/repository.json'), 'utf8'));
const weights = parseCompletionWeights(shipped);

function engineOf(files: Readonly<Record<string, string>>, language: LanguageId): RepositoryCompletion {
  const engine = new RepositoryCompletion(weights);
  for (const [path, text] of Object.entries(files)) engine.set(path, language, text);
  return engine;
}

/** The text's `|` is the cursor. */
function at(path: string, language: LanguageId, text: string) {
  const cursor = text.indexOf('|');
  return { path, language, prefix: text.slice(0, cursor), suffix: text.slice(cursor + 1) };
}

const REPO_TS = {
  'src/orders/list.ts': `export async function listOrders(repo: Repo, query: Query) {
  const order = await repo.find({ where: query.where, take: 10 });
  logger.info('found', order.length);
  return order;
}
`,
  'src/items/list.ts': `export async function listItems(repo: Repo, query: Query) {
  const item = await repo.find({ where: query.where, take: 10 });
  logger.info('found', item.length);
  return item;
}
`,
  'src/carts/list.ts': `export async function listCarts(repo: Repo, query: Query) {
  const cart = await repo.find({ where: query.where, take: 10 });
  logger.info('found', cart.length);
  return cart;
}
`,
};

describe('completion from the repository', () => {
  it('copies a line and puts the local name in the place of the other', () => {
    const engine = engineOf(REPO_TS, 'typescript');
    const place = at(
      'src/users/list.ts',
      'typescript',
      `export async function listUsers(repo: Repo, query: Query) {
  const user = await repo.find({ where: query.where, take: 10 });
  logger.info('found', |
}
`,
    );
    const [first] = engine.complete(place);
    assert.ok(first && first.text.length > 8 && 'user.length);'.startsWith(first.text), first?.text);
    assert.ok((first?.confidence ?? 0) > 0.3);
    const texts = engine.candidates(place).map(({ text }) => text);
    assert.ok(texts.includes('user.length);'));
    assert.ok(engine.complete(place).every(({ text }) => !/order|item|cart/.test(text)));
  });

  it('finds the continuation where only the name that was bound differs', () => {
    const engine = engineOf(REPO_TS, 'typescript');
    const text = `async function f(repo: Repo, query: Query) {\n  const user = await repo.find(|\n}\n`;
    const wanted = '{ where: query.where, take: 10 });';
    const [first] = engine.complete(at('src/users/x.ts', 'typescript', text));
    assert.ok(first && first.text.length > 8 && wanted.startsWith(first.text), first?.text);
    assert.ok(
      engine.candidates(at('src/users/x.ts', 'typescript', text)).some((candidate) => candidate.text === wanted),
    );
  });

  it('works in every family of languages', () => {
    const cases: [LanguageId, string, string, string][] = [
      [
        'python',
        'def test_a(client):\n    response = client.get("/a")\n    assert response.status_code == 200\n',
        'def test_z(client):\n    answer = client.get("/z")\n    assert |\n',
        'answer.status_code == 200',
      ],
      [
        'go',
        'func a(s *Store) error {\n\tv, err := s.Load()\n\tif err != nil {\n\t\treturn fmt.Errorf("load: %w", err)\n\t}\n\treturn v.Run()\n}\n',
        'func z(s *Store) error {\n\tv, err := s.Load()\n\tif err != nil {\n\t\treturn |\n',
        'fmt.Errorf("load: %w", err)',
      ],
      [
        'rust',
        'fn a(x: &Pool) -> Result<()> {\n    let conn = x.get().context("no connection")?;\n    conn.run()\n}\n',
        'fn z(pool: &Pool) -> Result<()> {\n    let link = pool.get()|\n}\n',
        '.context("no connection")?;',
      ],
      [
        'javascript',
        "app.use((req, res) => {\n  res.status(404).json({ error: 'not found' });\n});\n",
        'app.use((req, res) => {\n  res.status(|\n});\n',
        "404).json({ error: 'not found' });",
      ],
    ];
    for (const [language, known, open, wanted] of cases) {
      const engine = new RepositoryCompletion(weights);
      for (const name of ['one', 'two', 'three', 'four']) engine.set(`lib/${name}`, language, known);
      const texts = engine.complete(at('lib/new', language, open)).map(({ text }) => text);
      assert.ok(
        texts.some((text) => text.length >= 3 && wanted.startsWith(text)),
        `${language}: ${texts.join(' | ')}`,
      );
      const candidates = engine.candidates(at('lib/new', language, open)).map(({ text }) => text);
      assert.ok(candidates.includes(wanted), `${language}: ${candidates.join(' | ')}`);
    }
  });

  it('believes more in a line whose next line stands below the cursor too', () => {
    const engine = engineOf(
      {
        'a.py': 'def a(x):\n    x.open()\n    x.lock_for_writing()\n    x.write_all_of_it()\n',
        'b.py': 'def b(x):\n    x.open()\n    x.lock_for_reading()\n    x.read_all_of_it()\n',
      },
      'python',
    );
    const confidence = (below: string, text: string) => {
      const place = at('z.py', 'python', `def z(x):\n    x.open()\n    |\n    ${below}\n`);
      return engine.candidates(place).find((candidate) => candidate.text === text)?.probability ?? 0;
    };
    const reading = 'x.lock_for_reading()';
    const writing = 'x.lock_for_writing()';
    assert.ok(confidence('x.read_all_of_it()', reading) > confidence('x.write_all_of_it()', reading));
    assert.ok(confidence('x.write_all_of_it()', writing) > confidence('x.read_all_of_it()', writing));
  });

  it('completes a word that is begun, and repeats no bracket that stands there', () => {
    const engine = engineOf(REPO_TS, 'typescript');
    const begun = at('src/users/x.ts', 'typescript', 'async function f(query: Query) {\n  logger.inf|\n}\n');
    assert.ok(engine.candidates(begun).some(({ text }) => text.startsWith("o('found'")));
    const closed = at(
      'src/users/x.ts',
      'typescript',
      "async function f(order: Order[]) {\n  logger.info('found', |);\n}\n",
    );
    const found = engine.candidates(closed).find(({ text }) => text === 'order.length);');
    assert.equal(found?.replaces, 2);
    const midway = at('src/users/x.ts', 'typescript', "async function f() {\n  logger.info(| + 'x' + y);\n}\n");
    assert.deepEqual(engine.candidates(midway), []);
  });

  it('forgets what is deleted and knows what is set again', () => {
    const engine = engineOf(REPO_TS, 'typescript');
    const place = at(
      'src/z.ts',
      'typescript',
      'async function f(repo: Repo, query: Query) {\n  const z = await repo.find(|\n}\n',
    );
    const isKnown = () => engine.candidates(place).some(({ text }) => text.includes('where'));
    assert.ok(isKnown());
    for (const path of Object.keys(REPO_TS)) engine.delete(path);
    assert.ok(!isKnown());
    engine.set('src/q.ts', 'typescript', 'const q = await repo.find({ limit: 3 });\n');
    assert.ok(engine.candidates(place).some(({ text }) => text === '{ limit: 3 });'));
  });

  it('answers the same whatever the order in which files came and went', () => {
    const files: [string, string][] = [];
    for (let i = 0; i < 400; i++) {
      const name = `thing${i % 37}`;
      const body = `export function make${i}(store: Store) {\n  const ${name} = store.load('${name}');\n  ${name}.check(${i % 5});\n  return ${name}.save();\n}\n`;
      files.push([`src/d${i % 9}/f${i}.ts`, body.repeat(1 + (i % 7))]);
    }
    const straight = new RepositoryCompletion(weights);
    for (const [path, text] of files) straight.set(path, 'typescript', text);
    const winding = new RepositoryCompletion(weights);
    for (const [path, text] of files.toReversed()) winding.set(path, 'typescript', text.replaceAll('load', 'fetch'));
    winding.settle();
    for (const [path] of files.slice(100, 300)) winding.delete(path);
    winding.settle();
    for (const [i, [path, text]] of files.entries()) {
      winding.set(path, 'typescript', text);
      if (i % 90 === 0) winding.settle();
    }
    for (const line of ['const mine = store.|', 'mine.check(|', 'return mine.|', 'const thing3 = store.load(|']) {
      const place = at('src/d3/new.ts', 'typescript', `export function makeMine(store: Store) {\n  ${line}\n}\n`);
      const view = (engine: RepositoryCompletion) =>
        engine.candidates(place).map(({ text, probability }) => `${text} ${probability.toFixed(9)}`);
      assert.ok(view(straight).length > 0, line);
      assert.deepEqual(view(winding), view(straight), line);
    }
  });

  it('is not put off by CRLF, tabs, emoji or right-to-left text at the cursor', () => {
    const known = "\tconst greeting = translate('שלום 👋', locale);\r\n\tshow(greeting, '🎉');\r\n";
    const engine = engineOf({ 'a.ts': known, 'b.ts': known }, 'typescript');
    const first = engine.candidates(at('c.ts', 'typescript', "\tconst greeting = translate('שלום |\r\n\treturn;\r\n"));
    assert.ok(
      first.some(({ text }) => text === "👋', locale);"),
      first.map(({ text }) => text).join('|'),
    );
    const second = engine.candidates(
      at('c.ts', 'typescript', "\tconst hello = translate('שלום 👋', locale);\r\n\tshow(|\r\n\treturn;\r\n"),
    );
    assert.ok(second.some(({ text }) => text === "hello, '🎉');"));
    assert.ok([...first, ...second].every(({ text }) => !/[\r\n]/.test(text)));
    // Half an emoji.
    assert.deepEqual(
      engine.complete({ path: 'c.ts', language: 'typescript', prefix: 'x\ud83d', suffix: '\udc4b' }),
      [],
    );
  });

  it('has nothing to say in an empty repository or an empty file', () => {
    const engine = new RepositoryCompletion(weights);
    assert.deepEqual(engine.complete(at('a.ts', 'typescript', '|')), []);
    assert.deepEqual(engine.complete(at('a.ts', 'typescript', 'const a = |')), []);
    assert.deepEqual(engine.nextCalls(at('a.go', 'go', 'func a() {\n\t|\n}'), []), []);
    engine.set('b.ts', 'typescript', '');
    assert.deepEqual(engine.complete(at('b.ts', 'typescript', '|')), []);
  });

  it('stays quick in a file of 100,000 lines', () => {
    const long = Array.from(
      { length: 100_000 },
      (_, i) => `  register('name${i}', handlers.handle${i % 50}, options);`,
    ).join('\n');
    const engine = engineOf({ 'long.ts': long }, 'typescript');
    const middle = Math.floor(long.length / 2);
    const line = long.indexOf('\n', middle) + 1;
    const place = {
      ...{ path: 'long.ts', language: 'typescript' as const },
      prefix: `${long.slice(0, line)}  register('mine', handlers.`,
      suffix: long.slice(line - 1),
    };
    engine.complete(place);
    const started = performance.now();
    const candidates = engine.candidates({ ...place, prefix: `${place.prefix}handle7` });
    assert.ok(candidates.some(({ text }) => text === ', options);'));
    assert.ok(performance.now() - started < 250);
  });

  it('keeps to its limit by leaving out the largest files', () => {
    const engine = engineOf(
      { 'data.ts': 'export const rows = [1, 2, 3];\n'.repeat(9000), 'small.ts': 'start(alpha, beta);\n' },
      'typescript',
    );
    assert.ok(engine.corpus.tokens < 1000);
    assert.ok(
      engine.candidates(at('z.ts', 'typescript', 'x();\nstart(|')).some(({ text }) => text === 'alpha, beta);'),
    );
  });

  it('knows which call comes next after the one before, and believes the ranking where nothing else speaks', () => {
    const files = Object.fromEntries(
      ['a', 'b', 'c', 'd'].map((name) => [
        `pkg/${name}.go`,
        `func ${name}(s *Store) {\n\ttx := s.Begin()\n\tdefer tx.Rollback()\n\ttx.Insert(${name})\n\ttx.Commit()\n}\n`,
      ]),
    );
    const engine = engineOf(files, 'go');
    const names = (text: string, ranked: { name: string; probability: number }[]) =>
      engine.nextCalls(at('pkg/z.go', 'go', text), ranked).map(({ name }) => name);
    const body = 'func z(s *Store) {\n\tlink := s.Begin()\n\tdefer link.';
    assert.equal(names(`${body}|\n}\n`, [])[0], 'Rollback');
    const undecided = 'func z(q *Queue) {\n\tq.|\n}\n';
    for (const name of ['Commit', 'Insert']) assert.equal(names(undecided, [{ name, probability: 0.9 }])[0], name);
    const proposal = engine
      .complete(at('pkg/z.go', 'go', `${body}|\n}\n`), { ranked: () => [{ name: 'Rollback', probability: 0.9 }] })
      .find(({ source }) => source === 'apiSequence');
    assert.ok(proposal === undefined || proposal.text === 'Rollback(');
  });

  it("goes on with an idiom that was begun, its names, indentation and line ends the place's own", () => {
    const engine = new RepositoryCompletion(weights);
    const idioms = [
      { language: 'go' as const, text: 'v, err := load(path)\n\tif err != nil {\n\t\treturn nil, err\n\t}\n\tuse(v)' },
    ];
    const place = at('z.go', 'go', 'func z() {\r\n\t\tconf, err := load(path)|\r\n}\r\n');
    const found = engine.complete(place, { idioms }).find(({ source }) => source === 'idiom');
    assert.equal(found?.text, '\r\n\t\tif err != nil {\r\n\t\t\treturn nil, err\r\n\t\t}\r\n\t\tuse(conf)');
    const other = at('z.go', 'go', 'func z() {\n\tconf := other(path)|\n}\n');
    assert.deepEqual(engine.complete(other, { idioms }), []);
  });

  it('refuses weights that it does not know, with what to do', () => {
    const file = shipped as Record<string, unknown>;
    for (const broken of [
      null,
      {},
      { ...file, version: 2 },
      { ...file, weights: { nonsense: 1 } },
      { ...file, cost: 'x' },
      { ...file, calls: { atLine: { nonsense: 1 }, inLine: {} } },
    ]) {
      assert.throws(
        () => parseCompletionWeights(broken),
        ({ code, advice }: LodestoneError) => code === 'badData' && /npm run bench/.test(advice ?? ''),
      );
    }
  });
});
