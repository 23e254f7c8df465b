/** The grammar of a hole: an interpreter of its notation says what it takes and what it refuses. */
import { strict as assert } from 'node:assert';
import { holeGrammar } from '../../../src/core/completion/holeGrammar.ts';
import type { LanguageId } from '../../../src/core/languages.ts';

/** Ends of all the beginnings of a text that an expression takes, by its rules. */
class Gbnf {
  private readonly rules: ReadonlyMap<string, string>;
  private readonly ends = new Map<string, ReadonlySet<number>>();

  constructor(
    grammar: string,
    private readonly text: string,
  ) {
    this.rules = new Map(grammar.split('\n').map((line) => line.split(' ::= ') as [string, string]));
  }

  /** Whether the whole text is one. */
  takes(): boolean {
    return this.of('root', 0).has(this.text.length);
  }

  private of(rule: string, at: number): ReadonlySet<number> {
    const key = `${rule} ${at}`;
    let known = this.ends.get(key);
    if (!known) {
      this.ends.set(key, new Set());
      this.ends.set(key, (known = this.any(partsOf(this.rules.get(rule) as string), at)));
    }
    return known;
  }

  private any(alternatives: readonly (readonly string[])[], at: number): ReadonlySet<number> {
    return new Set(
      alternatives.flatMap((all) => [...all.reduce((from, each) => this.after(from, each), new Set([at]))]),
    );
  }

  private after(from: ReadonlySet<number>, item: string): Set<number> {
    if (!item.endsWith('*') || item.length === 1) return new Set([...from].flatMap((at) => [...this.one(item, at)]));
    const all = new Set(from);
    for (const at of all) for (const end of this.one(item.slice(0, -1), at)) all.add(end);
    return all;
  }

  private one(item: string, at: number): ReadonlySet<number> {
    if (item.startsWith('(')) return this.any(partsOf(item.slice(1, -1)), at);
    if (item.startsWith('"')) {
      const literal = JSON.parse(item) as string;
      return new Set(this.text.startsWith(literal, at) ? [at + literal.length] : []);
    }
    if (item.startsWith('[')) return new Set(new RegExp(`^${item}`, 's').test(this.text.slice(at)) ? [at + 1] : []);
    return this.of(item, at);
  }
}

/** Alternatives, each a row of items with their stars. */
function partsOf(expression: string): string[][] {
  const rows: string[][] = [[]];
  let rest = expression.trim();
  while (rest !== '') {
    const [item = ''] = /^(?:\|)/.exec(rest) ??
      /^"(?:[^"\\]|\\.)*"\*?/.exec(rest) ??
      /^\[(?:[^\]\\]|\\.)*\]\*?/.exec(rest) ??
      /^\w+\*?/.exec(rest) ?? [groupOf(rest)];
    if (item === '|') rows.push([]);
    else rows.at(-1)?.push(item);
    rest = rest.slice(item.length).trim();
  }
  return rows;
}

function groupOf(text: string): string {
  let depth = 0;
  const tokens = [...text.matchAll(/"(?:[^"\\]|\\.)*"|\[(?:[^\]\\]|\\.)*\]|[^"[]/g)];
  for (const { 0: token, index } of tokens) {
    if (token === '(') depth++;
    if (token === ')' && --depth === 0) return text.slice(0, index + 1) + (text[index + 1] === '*' ? '*' : '');
  }
  throw new Error(`This is no grammar: ${text}`);
}

describe('the grammar of a hole', () => {
  const takes = (language: LanguageId, isInsideLine: boolean, text: string) =>
    new Gbnf(holeGrammar(language, isInsideLine), text).takes();

  it('lets nothing be opened and not closed, nor closed and not opened', () => {
    for (const language of ['typescript', 'tsx', 'javascript', 'python', 'rust', 'go'] as const)
      for (const isInsideLine of [true, false]) {
        const whole = ['', 'a', 'f(b, [1, g{c: 2}])', '"a (b"', '"\\"("'];
        for (const text of whole) assert.ok(takes(language, isInsideLine, text), `${language} ${text}`);
        for (const text of ['f(b', 'b) + (c', '[(])', '"a', '}'])
          assert.ok(!takes(language, isInsideLine, text), `${language} ${text}`);
      }
  });

  it('ends no line where something follows on the hole’s own', () => {
    assert.ok(!takes('python', true, 'a\nb'));
    assert.ok(takes('python', false, 'a\nb'));
    assert.ok(!takes('go', true, '`a\nb`'));
    assert.ok(takes('go', false, '`a\n(b`'));
    assert.ok(!takes('typescript', true, '`a\nb`'));
    assert.ok(!takes('python', true, '"""a\nb"""'));
  });

  it('knows comments, texts over several lines, lifetimes and the words between tags', () => {
    assert.ok(takes('typescript', false, "a(); // don't (\nb('it\\'s');"));
    assert.ok(takes('typescript', false, "/* don't ( */ a()"));
    assert.ok(takes('typescript', false, '`a\n(b`'));
    assert.ok(!takes('rust', false, '`a\n(b`'));
    assert.ok(takes('python', false, 'x = """a\n" (""" # don\'t\ny = [1]'));
    assert.ok(!takes('python', false, 's = "a\nb"'));
    assert.ok(takes('rust', false, "fn a<'a>(x: &'a str) { b(x, '(') }"));
    assert.ok(takes('tsx', false, "<p>Don't (really)</p>"));
    assert.ok(!takes('typescript', false, "don't"));
  });
});
