/** Whole bodies after like functions: what is learned from their neighbours, which of several is surest, and lines of them for a hole of unknown length. */
import { strict as assert } from 'node:assert';
import { hearPublicCode } from '../../../bench/infill/publicCode.ts';
import { kinBodies, wholeBodies } from '../../../src/core/infill/candidates/kinBodies.ts';
import { lexemeTree, mapping } from '../../../src/core/infill/candidates/lexemeTree.ts';
import { proposals } from '../../../src/core/infill/candidates/proposals.ts';
import { type InfillPlace, isSame } from '../../../src/core/infill/place.ts';
import { ranked } from '../../../src/core/infill/ranking.ts';
import type { FunctionFact } from '../../../src/core/syntax/facts.ts';
import { factsOf } from '../syntax/parserFixture.ts';
import { type Asked, asked } from './askedHole.ts';
import { shippedScorer } from './shippedScorer.ts';

const text = ({ corpus, place, routine }: Asked) =>
  kinBodies(corpus, place, routine, 12).map((each) => each.text.trim());

describe('whole bodies', () => {
  const ORDERS = `class Orders {
  private readonly rows = new Map<string, Row>();
  find(id: string): Row | undefined {
    return this.rows.get(id);
  }
  drop(id: string): void {
    log.info('orders', id);
    this.rows.delete(id);
  }
}
`;
  const INVOICES = `class Invoices {
  private readonly byNumber = new Map<string, Row>();
  find(id: string): Row | undefined {
    return this.byNumber.get(id);
  }
  drop(id: string): void {▢}
}
`;

  it('take what stands here for a name there from their neighbours, which differ in the same way', async () => {
    const question = await asked('typescript', { 'orders.ts': ORDERS, 'invoices.ts': INVOICES }, 'drop');
    const [first] = wholeBodies(question.corpus, question.place, question.routine);
    assert.ok(
      first && isSame(first.draft.text, "log.info('invoices', id); this.byNumber.delete(id);"),
      first?.draft.text,
    );
    assert.equal(first.draft.analogy.renames.get('rows'), 'byNumber');
    assert.equal(first.draft.analogy.agreement, 1);
    const alone = await asked(
      'typescript',
      { 'orders.ts': ORDERS, 'invoices.ts': INVOICES.replace(/ {2}find[\s\S]*?\n {2}\}\n/, '') },
      'drop',
    );
    const [unsure] = wholeBodies(alone.corpus, alone.place, alone.routine);
    assert.match(unsure?.draft.text ?? '', /this\.rows/);
    assert.ok(first.chance > (unsure?.chance ?? 1), `${first.chance} ${unsure?.chance}`);
    assert.ok((unsure?.draft.unresolved ?? 0) > first.draft.unresolved);
  });

  it('change the word in which two names differ in names, too, that only public code has', async () => {
    const rust = `pub fn min(values: &[f64]) -> f64 {
    *values.iter().min_by(|a, b| a.partial_cmp(b).unwrap()).unwrap()
}

pub fn max(values: &[f64]) -> f64 {▢}
`;
    const question = await asked('rust', { 'src/ends.rs': rust }, 'max');
    assert.match(text(question)[0] ?? '', /min_by/);
    hearPublicCode(question.corpus);
    assert.match(text(question)[0] ?? '', /max_by/);
  });

  it('learn from pairs of one class how the word in which two names differ is written', async () => {
    const go = `package a

type Store struct{}

func (s *Store) GetInt(key string) int { return cast.ToIntE(s.find(key)) }
func (s *Store) GetInt32(key string) int32 { return cast.ToInt32E(s.find(key)) }
func (s *Store) GetIntSlice(key string) []int { return cast.ToIntSliceE(s.find(key)) }
func (s *Store) GetInt32Slice(key string) []int32 {▢}
`;
    const bodies = text(await asked('go', { 'a.go': go }, 'GetInt32Slice'));
    assert.ok(bodies.includes('return cast.ToInt32SliceE(s.find(key))'), bodies.join('\n'));
    // Nobody else turns one into the other, and no such name is known here.
    const alone = go.replace(/func .*GetInt3?2?\(.*\n/g, '');
    assert.deepEqual(text(await asked('go', { 'a.go': alone }, 'GetInt32Slice')), [
      'return cast.ToIntSliceE(s.find(key))',
    ]);
  });

  it('are each another text, with how many say it, the surer before the less sure', async () => {
    const file = (name: string, body: string) => `def ${name}(request, pk):\n    ${body}\n`;
    const files = {
      'a.py': file('show_user', 'return render(request, load(pk))'),
      'b.py': file('show_item', 'return render(request, load(pk))'),
      'c.py': file('show_list', 'check(pk)\n    return page(request, pk)'),
      'd.py': 'def show_team(request, pk):\n    ▢\n',
    };
    const { corpus, place, routine } = await asked('python', files, 'show_team');
    const found = wholeBodies(corpus, place, routine);
    assert.deepEqual(
      found.map(({ draft, support }) => [draft.text, support]),
      [
        ['return render(request, load(pk))', 2],
        ['check(pk)\n    return page(request, pk)', 1],
      ],
    );
    assert.ok((found[0]?.chance ?? 0) > (found[1]?.chance ?? 1));
    const [best] = ranked(proposals(corpus, place, routine), place, shippedScorer());
    assert.equal(best?.proposal.text, 'return render(request, load(pk))');
    assert.equal(best.confidence, found[0]?.chance);
  });

  it('leave another’s documentation where it is, and do not mix expressions with blocks', async () => {
    const files = {
      'a.py': 'def load_user(pk):\n    """Of a user."""\n    return table.get(pk)\n',
      'b.py': 'def load_item(pk):\n    """Of an item."""\n    ▢\n',
    };
    assert.deepEqual(text(await asked('python', files, 'load_item')), ['return table.get(pk)']);
    const arrows = {
      'a.ts':
        'export const toUser = (row: Row) => ({ id: row.id });\nexport function asUser(row: Row) { return make(row); }\n',
      'b.ts': 'export const toItem = (row: Row) => {▢};\n',
    };
    assert.deepEqual(text(await asked('typescript', arrows, 'toItem')), ['return make(row);']);
  });

  it('say nothing of functions around the hole or within it, and read the own file as it is in the editor', async () => {
    const nested = `function readAll(path: string) {
  function readOne(path: string) {▢}
  return readOne(path) + 1;
}
`;
    assert.deepEqual(text(await asked('typescript', { 'a.ts': nested }, 'readOne')), []);
    const { corpus, place, routine } = await asked('python', { 'a.py': 'def put_a(x):\n    ▢\n' }, 'put_a');
    const buffer = '# a line that is not on disk\ndef put_b(x):\n    send(x, 1)\n\ndef put_a(x):\n    pass\n';
    const facts = await factsOf('python', buffer);
    const own = {
      fact: facts.functions.find(({ name }) => name === 'put_a') as FunctionFact,
      ...{ expected: [], facts: () => facts, text: buffer },
    };
    const there = { ...place, prefix: buffer.slice(0, -5), suffix: '\n' };
    assert.deepEqual(text({ corpus, place: there, routine: own }), ['send(x, 1)']);
    assert.deepEqual(text({ corpus, place, routine }), []);
  });
});

describe('lines of like functions', () => {
  const file = (noun: string, key: string, lines: string) => `export function save${noun}(${key}: Value) {
  const open = pool.take('${noun.toLowerCase()}');
${lines}
  open.release(${key});
  return ${key};
}
`;
  const LINES = (key: string) => `  if (!open.isReady) {
    open.wait(${key}, LIMIT);
  }
  audit.note(${key});`;
  const HOLE = file('Ship', 'ship', '  ▢');
  const others = {
    'a.ts': file('Order', 'order', LINES('order')),
    'b.ts': file('User', 'user', LINES('user')),
    'c.ts': file('Bill', 'bill', LINES('bill')),
  };

  const inSaveShip = (hole: string, files: Readonly<Record<string, string>> = others) =>
    asked('typescript', { ...files, 'd.ts': hole }, 'saveShip', 'hole');
  const severalLines = ({ corpus, place, routine }: Asked) =>
    proposals(corpus, place, routine).filter(({ evidence }) => evidence.linesChance !== undefined);

  it('fill a hole of unknown length with as many as stand between the same lines, surer where several say so', async () => {
    const question = await inSaveShip(HOLE);
    const several = severalLines(question);
    assert.deepEqual(
      several.map((each) => each.text),
      ['if (!open.isReady) {\n    open.wait(ship, LIMIT);\n  }\n  audit.note(ship);'],
    );
    const chance = several[0]?.evidence.linesChance ?? 0;
    const [one] = severalLines(await inSaveShip(HOLE, { 'a.ts': others['a.ts'] }));
    assert.ok(chance > (one?.evidence.linesChance ?? 1), `${chance} ${one?.evidence.linesChance}`);
    const { corpus, place, routine } = question;
    const all = ranked(proposals(corpus, place, routine), place, shippedScorer());
    const at = all.findIndex(({ proposal }) => proposal.evidence.linesChance !== undefined);
    assert.equal(all[at]?.confidence, chance);
    // Wrong more often than right, as long as nobody knows that there are several.
    assert.ok(chance > 0.2 && chance < 0.5 && at === all.length - 1, `${chance} as number ${at} of ${all.length}`);
  });

  it('are surer, and stand before any one line, where several lines stood', async () => {
    const { corpus, place, routine } = await inSaveShip(HOLE);
    const told = { ...place, severalLines: true };
    const chanceIn = (at: InfillPlace) =>
      Math.max(0, ...severalLines({ corpus, place: at, routine }).map(({ evidence }) => evidence.linesChance ?? 0));
    assert.ok(chanceIn(told) > chanceIn(place), `${chanceIn(told)} ${chanceIn(place)}`);
    const all = ranked(proposals(corpus, told, routine), told, shippedScorer());
    assert.ok(all.length > 0 && all.every(({ proposal }) => proposal.text.includes('\n')));
    assert.match(all[0]?.proposal.text ?? '', /open\.wait\(ship, LIMIT\);\n {2}\}\n {2}audit\.note\(ship\);$/);
  });

  it('are not proposed where the length is known, where one line is missing, where they are not whole or the lines around do not fit', async () => {
    const several = async (hole: string, lexemes?: number) => {
      const { place, ...rest } = await inSaveShip(hole);
      return severalLines({ ...rest, place: lexemes === undefined ? place : { ...place, lexemes } });
    };
    assert.deepEqual(await several(HOLE, 7), []);
    assert.deepEqual(await several(file('Ship', 'ship', LINES('ship').replace('  audit.note(ship);', '  ▢'))), []);
    const LATE = '  }\n  if (order.isLate) {\n    warn(order);\n  }';
    const notWhole = { 'a.ts': file('Order', 'order', LINES('order').replace('  }', LATE)) };
    const within = file('Ship', 'ship', LINES('ship').replace('open.wait(ship, LIMIT);', '▢'));
    assert.deepEqual(severalLines(await inSaveShip(within, notWhole)), []);
    assert.deepEqual(await several('export function saveShip(ship: Value) {\n  launch(1);\n  ▢\n  sink(2);\n}\n'), []);
  });
});

describe('trees of lexemes', () => {
  it('tell which words of two headers stand for one another, whatever was added between them', () => {
    const a = lexemeTree('def load(self, order: Order, limit=10) -> List[Order]', 'python');
    const b = lexemeTree(
      '@cached\ndef load(self, *, ship: Ship, deep: bool = False, limit=20) -> List[Ship]',
      'python',
    );
    const words = mapping(a, b)
      .map(([x, y]) => [a.labels[x], b.labels[y]] as const)
      .filter(([x, y]) => x !== y);
    assert.deepEqual(
      new Map(words),
      new Map([
        ['order', 'ship'],
        ['Order', 'Ship'],
      ]),
    );
  });

  it('have the least distance that there is', () => {
    const pairs = (one: string, other: string) => {
      const [a, b] = [lexemeTree(one, 'go'), lexemeTree(other, 'go')];
      return mapping(a, b)
        .map(([x, y]) => `${a.labels[x]}:${b.labels[y]}`)
        .filter((pair) => pair !== ':')
        .sort();
    };
    assert.deepEqual(pairs('f(a, g(b))', 'f(g(b))'), ['(:(', '(:(', 'b:b', 'f:f', 'g:g']);
    assert.deepEqual(pairs('', 'f(x)'), []);
  });
});
