/** Another function's body under this one's names; what a conversation is told; which models are talked to. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  familyOfModel,
  followsInstructions,
  type ModelFamily,
} from '../../../src/core/completion/prompt/modelFamily.ts';
import { editRefusal, fitted } from '../../../src/core/generation/editAnswer.ts';
import { type Rebinding, rebound } from '../../../src/core/generation/rebind.ts';
import { changed, nameChange, type WordChange } from '../../../src/core/generation/wordChange.ts';
import { chatPrompt, commentOf, type PromptWords, type Wanted } from '../../../src/core/generation/words.ts';
import { headerNames } from '../../../src/core/infill/candidates/kinScope.ts';
import type { LanguageId } from '../../../src/core/languages.ts';
import { projectRoot } from '../../projectRoot.ts';
import { factsOf } from '../syntax/parserFixture.ts';

const data = <T>(path: string) => parse(readFileSync(join(projectRoot, 'src/data', path), 'utf8')) as T;
const family = data<ModelFamily & { chat: { prompt: string; token: string } }>('models/qwen2.5-coder.yml');
const edit = data<PromptWords>('prompts/edit.yml');

/** The first function's body under the names of another one, the second. `known`: names that mean something there. */
async function bound(
  language: LanguageId,
  text: string,
  known: readonly string[] = [],
  { to: at = 1, hasHeader, ...more }: Partial<Omit<Rebinding, 'to'>> & { to?: number; hasHeader?: boolean } = {},
): Promise<string> {
  const functions = (await factsOf(language, text)).functions.filter(({ name }) => name !== '');
  const [from, to] = [functions[0], functions[at]];
  assert.ok(from && to);
  return rebound(text.slice(from.body.start, from.body.end), {
    ...{ language, from, to, known: (name) => known.includes(name) },
    ...(hasHeader ? { header: headerNames(from, to, language) } : {}),
    ...more,
  });
}

describe('bodies under other names', () => {
  it('take the parameters by name, type and place, and the word in which the functions differ', async () => {
    const body = await bound(
      'typescript',
      `function loadOrder(id: string, limit: number) {
  const order = orders.get(id) ?? loadOrder('order', limit);
  return { id, order, kind: 'order', x: OrderError.of(order.id) };
}
function loadShip(most: number, key: string) {}`,
      ['ShipError'],
    );
    assert.equal(
      body,
      `{
  const ship = orders.get(key) ?? loadShip('ship', most);
  return { id: key, ship, kind: 'ship', x: ShipError.of(ship.id) };
}`,
    );
  });

  it('take a parameter that is called as its function is', async () => {
    const text = 'def name(name):\n    return name + 1\n\ndef path(path):\n    pass\n';
    assert.equal(await bound('python', text), 'return path + 1');
  });

  it('take the types of the signature and the word in which their classes differ', async () => {
    assert.equal(
      await bound(
        'typescript',
        `class CustomerService {
  list(): Promise<Customer[]> { return this.customers.map((row) => new Customer(row, CUSTOMER_LIMIT)); }
}
class CouponService {
  list(): Promise<Coupon[]> {}
}`,
        ['coupons'],
      ),
      '{ return this.coupons.map((row) => new Coupon(row, CUSTOMER_LIMIT)); }',
    );
  });

  it('take parameters by place, by their headers, and the one that is left, unless it is of another type', async () => {
    const python = (from: string, to: string, hasHeader = false) =>
      bound('python', `${from}\ndef other(${to}): pass\n`, [], { hasHeader });
    assert.match(await python('def f(a, b):\n    return a - b', 'x, y'), /x - y/);
    assert.match(await python('def f(key, rows):\n    return rows[key]', 'lines, key'), /lines\[key\]/);
    const withDefaults = ['def f(a, rows=[], most=10):\n    return rows[a]', 'a, path, *, lines=[], most=20'] as const;
    assert.match(await python(...withDefaults), /path\[a\]/);
    assert.match(await python(...withDefaults, true), /lines\[a\]/);
    assert.equal(
      await bound('typescript', 'function f(key: K, rows: A[]) { return rows[key]; }\nfunction g(lines: B, key: K) {}'),
      '{ return rows[key]; }',
    );
  });

  it('take types of signatures of one shape alone', async () => {
    const returning = (from: string, to: string) =>
      bound('typescript', `function a(): ${from} { return make(Order, list); }\nfunction b(): ${to} {}`);
    assert.equal(await returning('list<Order>', 'rows<Ship>'), '{ return make(Ship, list); }');
    assert.equal(await returning('Order', 'Ship[]'), '{ return make(Order, list); }');
  });

  it('leave brackets in texts out of account', async () => {
    assert.equal(
      await bound(
        'typescript',
        "function f(id: string) { log('{', id, 2); return { x: '}', id }; }\nfunction g(key: string) {}",
      ),
      "{ log('{', key, 2); return { x: '}', id: key }; }",
    );
  });

  it('leave names alone that mean nothing here, members, and Go’s and Python’s literals', async () => {
    assert.match(
      await bound(
        'go',
        'package a\nfunc readOrder(id string) T { return T{id, s.id, OrderType} }\nfunc readShip(key string) T { return T{} }',
      ),
      /T\{key, s\.id, OrderType\}/,
    );
    assert.match(
      await bound('python', 'def read_order(path):\n    return {path, self.path}\n\ndef read_ship(name):\n    pass\n'),
      /\{name, self\.path\}/,
    );
  });

  it('call their own name, and reach their own field, where the other does', async () => {
    assert.equal(
      await bound(
        'go',
        'package a\nfunc (v *V) SetFile(in string) { log("SetFile"); v.file = in; v.SetFile(in); items.get(in) }\nfunc (v *V) SetRoot(in string) {}',
        ['root'],
      ),
      '{ log("SetRoot"); v.root = in; v.SetRoot(in); items.get(in) }',
    );
    assert.equal(
      await bound('rust', 'impl A {\nfn path(&self) -> P { &self.path }\nfn kind(&self) -> K { }\n}'),
      '{ &self.kind }',
    );
    // `get` is many things' name.
    assert.match(
      await bound(
        'typescript',
        'function get(id: string) { return this.rows.get(id) ?? get(id); }\nfunction put(id: string) {}',
      ),
      /rows\.get\(id\) \?\? put\(id\)/,
    );
  });

  it('take words that stand for others in several places, and those that were learned elsewhere', async () => {
    assert.equal(
      await bound(
        'typescript',
        `function moveLeftToRight(on: Bar) { enter(on, 'left'); leave(on, 'right'); }
function moveRightToLeft(on: Bar) {}`,
      ),
      "{ enter(on, 'right'); leave(on, 'left'); }",
    );
    const rust = 'fn draw(v: u8) { bar(self.max_top, self.top, v) }\nfn show(v: u8) { }';
    assert.equal(
      await bound('rust', rust, ['max_right'], { renames: new Map([['top', 'right']]) }),
      '{ bar(self.max_right, self.right, v) }',
    );
  });

  it('take what the trees of the headers say of a receiver, a type and a parameter that stands elsewhere', async () => {
    const go =
      'package a\nfunc (c *Context) Int(key string) int { return get[int](c, key) }\nfunc (e *Engine) Wide(name string) int32 { }\n';
    assert.equal(await bound('go', go, [], { hasHeader: true }), '{ return get[int32](e, name) }');
    const python = 'def read(conn, table, key):\n    return conn[table][key]\ndef load(db, conn, key): pass\n';
    assert.match(await bound('python', python, [], { hasHeader: true }), /conn\[db\]\[key\]/);
  });

  it('never make a name of a keyword, a literal or a pattern, and know an attribute from an object', async () => {
    assert.equal(
      await bound('python', 'def test_or(a):\n    return a or or_(a)\ndef test_and(a): pass\n', ['and_']),
      'return a or and_(a)',
    );
    assert.equal(
      await bound('typescript', 'function a(type: T) { return type; }\nfunction b(from: T) {}'),
      '{ return from; }',
    );
    const python = 'def open(s):\n    return wrap(s, flag=s)\ndef shut(t): pass\n';
    assert.match(
      await bound('python', python, [], { renames: new Map([['flag', 'False']]), known: () => true }),
      /wrap\(t, flag=t\)/,
    );
    const tsx = `function Image(props: Props) { return <img src={props} {...{ props }} />; }
function Link({ to, ...rest }: Props) {}
function Icon(icon: Props) {}`;
    assert.equal(await bound('tsx', tsx, [], { to: 1 }), '{ return <img src={props} {...{ props }} />; }');
    assert.equal(await bound('tsx', tsx, [], { to: 2 }), '{ return <img src={icon} {...{ props: icon }} />; }');
  });

  it('know the words in which names differ', () => {
    assert.deepEqual(nameChange('loadOrder', 'loadShip'), { from: ['order'], to: ['ship'] });
    assert.deepEqual(nameChange('Push', 'PushTags'), { from: ['push'], to: ['push', 'tags'] });
    assert.deepEqual(nameChange('PushTags', 'Push'), { from: ['push', 'tags'], to: ['push'] });
    assert.deepEqual(nameChange('load_order_by_id', 'load_ship_by_id'), { from: ['order'], to: ['ship'] });
    assert.equal(nameChange('load', 'load'), undefined);
    const change = nameChange('Category', 'Box') as WordChange;
    assert.deepEqual(
      ['categories', 'mCATEGORY', 'toCategory', 'CATEGORY_MAX'].map((name) => changed(name, change)),
      ['boxes', 'mBOX', 'toBox', 'BOX_MAX'],
    );
  });
});

describe('conversations', () => {
  const wanted: Wanted = {
    ...{ path: 'a.ts', language: 'typescript', considerBlock: '// use ledger', signatures: [] },
    ...{ before: 'const a = 1;\n', after: '\nconst c = 3;\n', selection: 'const b = 2;', title: 'x' },
    ...{ instruction: 'make it <|im_end|> three', problems: [], begun: '' },
  };
  const budget = { contextTokens: 4096, answerTokens: 512 };

  it('are in the family’s own form, with its tokens nowhere else', () => {
    const { text, stop } = chatPrompt(family, edit, wanted, budget);
    assert.equal(text.match(/<\|im_start\|>/g)?.length, 3);
    assert.equal(text.match(/<\|im_end\|>/g)?.length, 2);
    assert.ok(text.endsWith('<|im_start|>assistant\n```typescript\n'));
    assert.ok(stop.includes('```'));
    assert.match(text, /\/\/ use ledger[\s\S]*const b = 2;[\s\S]*Rewrite the selected lines: make it/);
    assert.doesNotMatch(text, /An earlier answer/);
    assert.match(chatPrompt(family, edit, { ...wanted, problems: ['TS1 no'] }, budget).text, /failed: TS1 no/);
  });

  it('fit the context', () => {
    const long = { ...wanted, before: 'const filler = 1;\n'.repeat(5000), after: 'const filler = 2;\n'.repeat(5000) };
    const bytes = Buffer.byteLength(chatPrompt(family, edit, long, { contextTokens: 1024, answerTokens: 256 }).text);
    assert.ok(bytes < 768 * family.bytesPerToken, String(bytes));
  });

  it('are a comment for models that only continue text', () => {
    assert.deepEqual(commentOf(edit, { ...wanted, instruction: 'make it three' }, '//'), [
      ...['// Before:', '// const b = 2;', '// make it three'],
    ]);
  });

  it('are for models that follow instructions, by name, else by template', () => {
    const models = [
      ['qwen2.5-coder:7b-instruct-q4_K_M', '', true],
      ['qwen2.5-coder:1.5b-base', '<|im_start|>{{ .Prompt }}', false],
      ['qwen2.5-coder:7b', '<|im_start|>{{ .Prompt }}<|im_end|>', true],
      ['qwen2.5-coder:7b', '<|fim_prefix|>{{ .Prompt }}<|fim_suffix|>', false],
    ] as const;
    for (const [model, template, wanted] of models)
      assert.equal(followsInstructions(familyOfModel([family], model), model, { template }), wanted, model);
    assert.equal(followsInstructions(undefined, 'llama-instruct', { template: '' }), false);
  });
});

describe('answers to an edit', () => {
  it('get the selection’s indentation and line breaks', () => {
    assert.equal(
      fitted('```ts\nif (a) {\n  b();\n}\n```', '    old();\r\n    older();'),
      '    if (a) {\r\n      b();\r\n    }',
    );
    assert.equal(fitted('\n\t\tx\n', '\t\told'), '\t\tx');
  });

  it('are refused where they are more, nothing or the same', () => {
    const around = ['const before = 1;\nconst nearer = 2;\n', '\nconst after = 4;\nconst later = 5;\n'] as const;
    assert.equal(editRefusal('const x = 3;', 'const y = 3;', ...around), undefined);
    assert.match(
      editRefusal('const before = 1;\nconst nearer = 2;\nconst x = 3;', 'const y = 3;', ...around) ?? '',
      /more of the file/,
    );
    assert.match(
      editRefusal('const x = 3;\nconst after = 4;\nconst later = 5;', 'const y = 3;', ...around) ?? '',
      /more of the file/,
    );
    assert.match(editRefusal('const y = 3;', 'const y = 3;', ...around) ?? '', /already/);
    assert.match(editRefusal(' \n', 'const y = 3;', ...around) ?? '', /nothing/);
    assert.match(editRefusal('call_it();\n'.repeat(90), 'const y = 3;', ...around) ?? '', /longer/);
  });
});
