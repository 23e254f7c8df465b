/** What the repository proposes for a hole: found by its neighbours, written as it would stand there, rated from both sides. */
import { strict as assert } from 'node:assert';
import { contextCopies, ngramBeam, proposals } from '../../../src/core/infill/candidates/proposals.ts';
import { SpanCorpus } from '../../../src/core/infill/candidates/spanCorpus.ts';
import { type InfillPlace, isSame } from '../../../src/core/infill/place.ts';
import type { LanguageId } from '../../../src/core/languages.ts';

/** `▢` is the hole. */
function placeIn(path: string, language: LanguageId, text: string, lexemes?: number): InfillPlace {
  const [prefix, suffix] = text.split('▢') as [string, string];
  return { path, language, prefix, suffix, unit: 'hole', nodeType: '', ...(lexemes === undefined ? {} : { lexemes }) };
}

function corpusOf(files: Readonly<Record<string, string>>, language: LanguageId): SpanCorpus {
  const corpus = new SpanCorpus();
  for (const [path, text] of Object.entries(files)) corpus.set(path, language, text);
  return corpus;
}

const LOADERS = {
  'src/orders.ts': `export async function loadOrder(id: string) {
  const row = await db.orders.find(id);
  if (!row) {
    throw new NotFound(id);
  }
  return toOrder(row);
}
`,
  'src/users.ts': `export async function loadUser(id: string) {
  const row = await db.users.find(id);
  if (!row) {
    throw new NotFound(id);
  }
  return toUser(row);
}
`,
};

describe('context copies', () => {
  it('are what stands between the same neighbours, with how many places and files say so', () => {
    const place = placeIn(
      'src/items.ts',
      'typescript',
      `export async function loadItem(id: string) {
  const row = await db.items.find(id);
  if (!row) {
    ▢
  }
  return toItem(row);
}
`,
    );
    const [first] = contextCopies(corpusOf(LOADERS, 'typescript'), place);
    assert.equal(first?.text, 'throw new NotFound(id);');
    assert.equal(first.source, 'copy');
    assert.match(first.from, /^src\/(?:orders|users)\.ts:4$/);
    const { left = 0, right = 0, support, places, files, ownFile, ownFolder } = first.evidence;
    assert.ok(left > 8 && right > 3, `${left} before, ${right} behind`);
    assert.deepEqual(
      { support, places, files, ownFile, ownFolder },
      { support: 2, places: 2, files: 2, ownFile: false, ownFolder: true },
    );
  });

  it('name the line where a person finds them while the hole is still what it was', () => {
    const text = `${LOADERS['src/orders.ts']}\n${LOADERS['src/users.ts']}`;
    const before = `if (!row) {
    log(id);
    throw new NotFound(id);
  }`;
    const place = placeIn('src/all.ts', 'typescript', text.replace('throw new NotFound(id);', '▢'));
    const lineOf = (linesTaken: number) =>
      contextCopies(corpusOf({}, 'typescript'), { ...place, linesTaken })[0]?.from.split(':')[1];
    assert.equal(lineOf(0), '12');
    const whole = text.replace(/if \(!row\) \{[^}]*\}/, before).split('\n');
    assert.equal(lineOf(1), String(whole.findLastIndex((line) => line.includes('throw')) + 1));
  });

  it('end their lines as the file does, wherever they come from', () => {
    const here = LOADERS['src/orders.ts'].replaceAll('Order', 'Item').replaceAll('orders', 'items');
    const hole = here.replace(/ {2}if[^]*?\n {2}\}/, '  ▢');
    const place = placeIn('src/items.ts', 'typescript', hole.replaceAll('\n', '\r\n'), 14);
    const long = proposals(corpusOf(LOADERS, 'typescript'), place).filter(({ text }) => text.includes('\n'));
    assert.ok(long.some(({ text }) => text.includes('{\r\n    throw new NotFound(id);\r\n')));
    assert.ok(
      long.every(({ text }) => !/(?<!\r)\n/.test(text)),
      JSON.stringify(long),
    );
    const other = proposals(
      corpusOf({ 'src/orders.ts': LOADERS['src/orders.ts'].replaceAll('\n', '\r\n') }, 'typescript'),
      placeIn('src/items.ts', 'typescript', hole, 14),
    );
    assert.ok(
      other.some(({ text }) => text.includes('{\n    throw new NotFound(id);\n')),
      JSON.stringify(other),
    );
    assert.ok(other.every(({ text }) => !text.includes('\r')));
  });

  it('never come from the file as it was before the hole', () => {
    const text = 'def a():\n    one = secret(1)\n    return one\n';
    const corpus = corpusOf({ 'a.py': text }, 'python');
    const found = contextCopies(corpus, placeIn('a.py', 'python', text.replace('one = secret(1)', '▢')));
    assert.ok(
      found.every(({ text: copy }) => !copy.includes('secret')),
      JSON.stringify(found),
    );
  });

  it('of a known length are of that length', () => {
    const found = contextCopies(
      corpusOf(LOADERS, 'typescript'),
      placeIn('src/x.ts', 'typescript', 'async function f(id: string) {\n  const row = ▢;\n  if (!row) {\n', 8),
    );
    assert.ok(found.length > 0);
    for (const { text } of found) assert.equal((text.match(/\w+|[^\w\s]/g) ?? []).length, 8, text);
  });

  it("bind another place's local names to those that stand there here", () => {
    const corpus = corpusOf(
      {
        'a.go':
          'package a\n\nfunc A(s *Store) {\n\tres, err := s.Get(key)\n\tif err != nil {\n\t\treturn res, wrap(err)\n\t}\n}\n',
      },
      'go',
    );
    const place = placeIn(
      'b.go',
      'go',
      'package a\n\nfunc B(s *Store) {\n\tout, failure := s.Get(key)\n\tif failure != nil {\n\t\t▢\n\t}\n}\n',
    );
    const texts = contextCopies(corpus, place).map(({ text }) => text);
    assert.ok(texts.includes('return out, wrap(failure)'), texts.join('\n'));
  });

  it('of several lines are indented as the hole is', () => {
    const corpus = corpusOf(
      { 'a.py': 'def a():\n    start()\n    if x:\n        go(1)\n        stop()\n    done()\n' },
      'python',
    );
    const place = placeIn(
      'b.py',
      'python',
      'class B:\n    def b(self):\n        start()\n        ▢\n        done()\n',
      10,
    );
    assert.equal(contextCopies(corpus, place)[0]?.text, 'if x:\n            go(1)\n            stop()');
  });

  it('leave a word before the hole whole and are spaced as the hole is', () => {
    const corpus = corpusOf({ 'a.py': 'r = client.get("/")\nassert r.ok\nr = client.get("/")\n' }, 'python');
    const found = contextCopies(corpus, placeIn('b.py', 'python', 'r = client.get▢\nassert r.ok\n'));
    assert.equal(found[0]?.text, '("/")');
  });

  it('follow the files as they change', () => {
    const corpus = corpusOf(LOADERS, 'typescript');
    const place = placeIn('src/x.ts', 'typescript', 'f();\nif (!row) {\n  ▢\n}\n');
    const texts = () => contextCopies(corpus, place).map(({ text }) => text);
    assert.ok(texts().includes('throw new NotFound(id);'));
    for (const [path, text] of Object.entries(LOADERS))
      corpus.set(path, 'typescript', text.replace('throw new NotFound(id);', 'return undefined;'));
    assert.ok(texts().includes('return undefined;') && !texts().includes('throw new NotFound(id);'));
    for (const path of Object.keys(LOADERS)) corpus.delete(path);
    assert.deepEqual(texts(), []);
  });
});

describe('kin', () => {
  it('say what stands where all is alike but for names, with the names that belong here', () => {
    const place = placeIn(
      'src/invoices.ts',
      'typescript',
      `export async function loadInvoice(id: string) {
  const row = await db.invoices.find(id);
  if (!row) {
    throw new NotFound(id);
  }
  ▢
}
`,
    );
    const found = proposals(
      corpusOf({ ...LOADERS, 'src/map.ts': 'export const toInvoice = 1;\n' }, 'typescript'),
      place,
    );
    const kin = found.find(({ text }) => isSame(text, 'return toInvoice(row);'));
    assert.equal(kin?.source, 'kin', found.map(({ text }) => text).join('\n'));
    assert.ok((kin?.evidence.likeness ?? 0) > 0.7);
    assert.equal(kin?.evidence.renamed, 1);
  });

  it('change no word into a name that nobody has', () => {
    const place = placeIn(
      'src/invoices.ts',
      'typescript',
      'export async function loadInvoice(id: string) {\n  const row = await db.invoices.find(id);\n  if (!row) {\n    throw new NotFound(id);\n  }\n  ▢\n}\n',
    );
    const texts = proposals(corpusOf(LOADERS, 'typescript'), place).map(({ text }) => text);
    assert.ok(!texts.includes('return toInvoice(row);'), texts.join('\n'));
  });
});

describe('the n-gram', () => {
  const files = {
    'a.py': 'import os\n\nname = os.environ.get("A")\nother = os.environ.get("B")\n',
    'b.py': 'import os\n\npath = os.environ.get("C")\n',
  };

  it('writes by itself what joins both sides', () => {
    const place = placeIn('c.py', 'python', 'import os\n\nvalue = os.▢("D")\n');
    assert.equal(ngramBeam(corpusOf(files, 'python'), place)[0]?.text, 'environ.get');
  });

  it('rates what belongs there above what does not, from both sides', () => {
    const corpus = corpusOf(files, 'python');
    const { rater } = corpus.at(placeIn('c.py', 'python', 'import os\n\nvalue = os.▢("D")\n'));
    const [right, wrong] = [rater.rate('environ.get'), rater.rate('path.join')];
    assert.ok(right.bits < wrong.bits && right.backBits < wrong.backBits, JSON.stringify([right, wrong]));
    assert.ok(right.joinBits < wrong.joinBits);
    assert.equal(right.known, 1);
    assert.equal(rater.rate('environ.obtain').known, 0.5);
  });

  it('says which names of a text are near, which are new, and what stands there already', () => {
    const text = 'import os\nimport re\n▢\n\nprint(json.dumps(1))\n';
    const { rater } = corpusOf(files, 'python').at(placeIn('c.py', 'python', text));
    const about = (line: string) => {
      const { namesBefore, namesBehind, namesNew, repeats } = rater.rate(line);
      return { namesBefore, namesBehind, namesNew, repeats };
    };
    assert.deepEqual(about('import json'), { namesBefore: 0, namesBehind: 1, namesNew: 0, repeats: false });
    assert.deepEqual(about('import re'), { namesBefore: 1, namesBehind: 0, namesNew: 0, repeats: true });
    assert.deepEqual(about('import environ'), { namesBefore: 0, namesBehind: 0, namesNew: 1, repeats: false });
  });

  it('gives probabilities that sum to at most one', () => {
    const corpus = corpusOf(files, 'python');
    const hole = corpus.at(placeIn('c.py', 'python', 'import os\n\nvalue = os.▢("D")\n'));
    for (const odds of [
      hole.rater.forwards.next([...hole.left.subarray(0, 4)]),
      hole.rater.backwards.next([...hole.right.subarray(0, 4)]),
    ]) {
      const sum = Array.from({ length: hole.vocabulary.size }, (_, id) => odds.probability(id)).reduce(
        (a, b) => a + b,
        0,
      );
      assert.ok(sum > 0.9 && sum < 1.0001, String(sum));
    }
  });
});

describe('all proposals for a hole', () => {
  it('name each text once, with the evidence of every source that came to it', () => {
    const place = placeIn('src/x.ts', 'typescript', 'async function f(id: string) {\n  if (!row) {\n    ▢\n  }\n');
    const found = proposals(corpusOf(LOADERS, 'typescript'), place);
    const keys = found.map(({ text }) => text.replace(/\s+/g, ''));
    assert.equal(new Set(keys).size, keys.length);
    const { share, likeness, beam, bits, backBits } =
      found.find(({ text }) => text.startsWith('throw'))?.evidence ?? {};
    assert.ok([share, likeness, bits, backBits].every(Number.isFinite) && beam === true);
  });

  it('are none where nothing is known, for any place', () => {
    for (const text of ['▢', '\n▢\n', 'x = ▢', '"""▢', 'a▢b'])
      assert.deepEqual(
        proposals(new SpanCorpus(), placeIn('a.py', 'python', text)).filter(({ text: each }) => each === ''),
        [],
      );
  });
});
