/** `lodestone generate` without a model: the repository's own nearest function, what is written, what is refused. */
import { strict as assert } from 'node:assert';
import { Scratch } from './lodestone.ts';

interface Generated {
  readonly code: string;
  readonly language: string;
  readonly validation: {
    readonly passed: boolean;
    readonly tools: readonly string[];
    readonly errors: readonly { readonly code: string }[];
  };
  readonly attempts: number;
  readonly sources: readonly string[];
  readonly failure: string | null;
  readonly diff: string;
  readonly written: string;
  readonly reason: string;
  readonly model: string | null;
  readonly notice: { readonly code: string } | null;
}

const NOUNS = ['order', 'invoice', 'basket', 'parcel'];
const LEDGER = `export interface Entry {
  readonly id: string;
}

export const ledger = {
  async findEntry(query: { kind: string; id: string }): Promise<Entry | undefined> {
    return query.id === '' ? undefined : { id: query.id };
  },
};

export class MissingEntry extends Error {}
`;

const service = (noun: string): string => `import { type Entry, ledger, MissingEntry } from './ledger';

/** The ${noun} of this id. */
export async function load_${noun}(id: string): Promise<Entry> {
  const found = await ledger.findEntry({ kind: '${noun}', id });
  if (found === undefined) throw new MissingEntry(id);
  return found;
}
`;

const SHIP = `import { type Entry, ledger, MissingEntry } from './ledger';

/** The ship of this id. */
export async function load_ship(key: string): Promise<Entry> {
  throw new Error('not implemented');
}

export const untouched = 'stays as it is';
`;

/** A place that nobody listens at. */
const NOWHERE = '127.0.0.1:65533';

describe('cli generate', () => {
  const scratch = new Scratch();

  before(() => {
    for (const noun of NOUNS) scratch.write({ [`src/${noun}.ts`]: service(noun) });
    scratch.write({
      'src/ledger.ts': LEDGER,
      'package.json': '{}',
      'src/ship.ts': SHIP,
      'tsconfig.json': '{"compilerOptions":{"strict":true,"noEmit":true,"target":"es2022","module":"preserve"}}',
      'py/tools.py':
        'def read_order(path: str) -> str:\n    """Reads an order."""\n    with open(path) as file:\n        return file.read()\n\n\ndef read_ship(name: str) -> str:\n    """Reads a ship."""\n    pass\n',
    });
  });
  after(() => scratch.dispose());

  it("writes a body after the repository's nearest function, with the names of the place, checked by the compiler", async () => {
    const value = await scratch.json<Generated>(['generate', '--target', 'load_ship', '--no-model']);
    assert.equal(value.failure, null);
    assert.match(
      value.code,
      /^export async function load_ship\(key: string\): Promise<Entry> \{\n {2}const found = await/,
    );
    assert.match(value.code, /findEntry\(\{ kind: 'ship', id: key \}\)/);
    assert.match(value.code, /throw new MissingEntry\(key\)/);
    assert.doesNotMatch(value.code, /not implemented/);
    assert.match(value.sources[0] ?? '', /^repository: src\/\w+\.ts:\d+ load_\w+ \(\d+ % alike\)$/);
    assert.ok(value.validation.tools.includes('typescript'), JSON.stringify(value.validation));
    assert.equal(value.model, null);
    assert.match(value.diff, /^--- a\/src\/ship\.ts/m);
    assert.equal(scratch.text('src/ship.ts'), SHIP, 'nothing is written unasked');
  });

  it('passes the nearest function by where the compiler objects and the next one does not', async () => {
    scratch.write({
      'src/near/a.ts':
        'export class A {\n  readonly rows = [1];\n  countRows(): number {\n    return this.rows.length;\n  }\n}\n',
      'src/near/b.ts': 'export function countAllRows(): number {\n  return [1, 2].length;\n}\n',
      'src/near/c.ts': "export function countRows(): number {\n  throw new Error('not implemented');\n}\n",
    });
    const target = ['generate', '--target', 'countRows', '--file', 'src/near/c.ts', '--no-model'];
    const value = await scratch.json<Generated & { risk: { score: number } }>(target);
    assert.match(value.sources[0] ?? '', /b\.ts:\d+ countAllRows/);
    assert.equal(value.attempts, 2);
    assert.ok(value.validation.passed);
    assert.ok(value.risk.score > 0.9);
    assert.match(
      (await scratch.run(target)).stdout,
      /Risk: 0\.9\d \(In other repositories \d+ % of functions so alike/,
    );
  });

  it('says what nobody has looked at', async () => {
    scratch.write({
      'go/go.mod': 'module example.com/a\n',
      'go/a.go':
        'package a\n\nfunc LoadOrder(id string) string {\n\treturn "order " + id\n}\n\nfunc LoadShip(id string) string {\n\tpanic("todo")\n}\n',
    });
    const run = await scratch.run(['generate', '--target', 'LoadShip', '--no-model']);
    assert.match(run.stdout, /return "ship " \+ id/);
    assert.match(
      run.stdout,
      /only its syntax was checked\.[\s\S]*go: Go was not asked: this repository is not trusted/,
    );
  });

  it('keeps a Python docstring and the file around the body', async () => {
    const value = await scratch.json<Generated>(
      [...['generate', '--target', 'read_ship', '--file', 'py/tools.py', '--no-model']],
      { codes: [0, 1] },
    );
    assert.equal(
      value.code,
      'def read_ship(name: str) -> str:\n    """Reads a ship."""\n    with open(name) as file:\n        return file.read()',
    );
  });

  it('writes the body into its own file through the journal, and takes it back', async () => {
    const value = await scratch.json<Generated>(
      [...['generate', '--target', 'load_ship', '--file', 'src/ship.ts', '--no-model', '--output', 'src/ship.ts']],
      { codes: [0, 1] },
    );
    assert.equal(value.written, 'src/ship.ts', value.reason);
    assert.match(scratch.text('src/ship.ts'), /MissingEntry\(key\)[\s\S]*untouched = 'stays as it is';\n$/);
    assert.equal((await scratch.run(['undo'])).code, 0);
    assert.equal(scratch.text('src/ship.ts'), SHIP);
  });

  it('writes nothing where its answer is what stands there already', async () => {
    const same = 'export function FIRST(rows: number[]): number {\n  return rows.length + 41;\n}\n';
    const path = 'src/same.ts';
    scratch.write({ [path]: same.replace('FIRST', 'countAllRows') + same.replace('FIRST', 'countOldRows') });
    const target = ['generate', '--target', 'countOldRows', '--file', path, '--no-model', '--output', path];
    const value = await scratch.json<Generated>(target, { codes: [1] });
    assert.match(value.code, /rows\.length \+ 41/);
    assert.equal(value.diff, '');
    assert.match(value.reason, /stands there already/);
    assert.equal(value.written, '');
  });

  it('writes a new file and overwrites none', async () => {
    const spec = ['generate', '--spec', 'load the order of an id', '--language', 'typescript', '--no-model'];
    const value = await scratch.json<Generated>([...spec, '--output', 'new.ts']);
    assert.match(
      value.code,
      /^import \{ type Entry, ledger, MissingEntry \} from '\.\/src\/ledger';\n[\s\S]*load_order/,
    );
    assert.equal(value.written, 'new.ts');
    assert.equal(scratch.text('new.ts'), `${value.code}\n`);
    for (const args of [
      [...spec, '--output', 'src/ledger.ts'],
      ['generate', '--target', 'load_ship', '--no-model', '--output', 'src/ledger.ts'],
    ]) {
      const run = await scratch.run(args);
      assert.notEqual(run.code, 0, args.join(' '));
      assert.equal(scratch.text('src/ledger.ts'), LEDGER);
    }
  });

  it('says why there is none', async () => {
    const spec = ['generate', '--spec', 'quaternion slerp of zygotes', '--language', 'rust', '--no-model'];
    const value = await scratch.json<Generated>(spec, { codes: [1] });
    assert.equal(value.code, '');
    assert.match(value.failure ?? '', /near enough/);
    assert.equal(value.attempts, 0);
    assert.deepEqual(value.sources, []);
  });

  it('stands in for a server that is not there, and says so; a model asked for by name must answer', async () => {
    const target = ['generate', '--target', 'load_ship', '--endpoint', NOWHERE];
    const run = await scratch.run(target);
    assert.match(run.stderr, /127\.0\.0\.1:65533.*repository answers/s);
    assert.match(run.stdout, /load_ship/);
    const named = await scratch.run([...target, '--model', 'qwen2.5-coder:7b']);
    assert.equal(named.code, 3);
    assert.equal(named.stdout, '');
    assert.match(named.stderr, /ollama serve|host\.docker\.internal/);
  });

  it('refuses what makes no sense', async () => {
    for (const [args, told] of [
      [['generate'], /--spec or --target/],
      [['generate', '--spec', 'x', '--target', 'y'], /--spec or --target/],
      [['generate', '--target', 'load_nothing', '--no-model'], /load_nothing/],
      [['generate', '--target', 'load_ship:1', '--no-model'], /at line 1[^]*load_ship:4/],
      [['generate', '--target', 'load_ship', '--file', 'src/order.ts', '--no-model'], /load_order/],
      [['generate', '--target', 'load_ship', '--file', 'src/none.ts', '--no-model'], /none\.ts/],
      [['generate', '--target', 'load_ship', '--language', 'python', '--no-model'], /not python/],
      [['generate', '--spec', 'x', '--language', 'cobol'], /cobol/],
      [['generate', '--spec', 'x', '--retries', '-1'], /retries/],
      [['generate', '--spec', 'x', '--retries', '99'], /retries/],
      [['generate', '--spec', 'x', '--model', 'a', '--no-model'], /exclude/],
      [['generate', '--spec', 'x', '--endpoint', 'ftp://x'], /ftp/],
      [['generate', '--spec', 'x', '--output', 'no/such/folder/a.ts'], /no.such.folder/],
    ] as const) {
      const run = await scratch.run(args);
      assert.equal(run.code, 2, `${args.join(' ')}: ${run.stderr}`);
      assert.match(run.stderr, told);
    }
  });
});
