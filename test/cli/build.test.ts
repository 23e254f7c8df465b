/** `lodestone build`: a patch for each plan, errors as patches, all applied together or nothing, and what is recorded of it. */
import { strict as assert } from 'node:assert';
import { findOnPath } from '../../src/node/toolchains/executables.ts';
import { needs } from '../missing.ts';
import { Scratch } from './lodestone.ts';

interface Built {
  readonly patches: readonly {
    readonly plan: { readonly intent: string };
    readonly filePath: string;
    readonly originalCode: string;
    readonly generatedCode: string;
    readonly diff: string;
    readonly maskedSpans: readonly { readonly start: number; readonly end: number; readonly symbol: string }[];
    readonly samples: readonly { readonly text: string; readonly source: string }[];
    readonly compressedContext: string;
    readonly contextTold: boolean;
    readonly validationErrors: readonly string[];
    readonly validatedBy: readonly string[];
    readonly canApply: boolean;
    readonly riskScore: number;
    readonly provenance: readonly {
      readonly fileHash: string;
      readonly planHash: string;
      readonly tools: Readonly<Record<string, string>>;
    }[];
    readonly error: { readonly code: string; readonly message: string; readonly advice: string } | null;
    readonly execution: { readonly outcome: string; readonly reason: string } | null;
  }[];
  readonly appliedId: string | null;
  readonly tests: string | null;
  readonly comparison: {
    readonly withoutDenoiser: number;
    readonly presets: readonly { samples: number; accepted: number }[];
  } | null;
}

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

const service = (noun: string, body: string): string => `import { type Entry, ledger, MissingEntry } from './ledger';

/** The ${noun} of this id. */
export async function load_${noun}(id: string): Promise<Entry> {
${body}}
`;

const whole = (noun: string) =>
  service(
    noun,
    `  const found = await ledger.findEntry({ kind: '${noun}', id });
  if (found === undefined) throw new MissingEntry(id);
  return found;
`,
  );
const stub = (noun: string) => service(noun, "  throw new Error('not implemented');\n");

const plan = (noun: string, more: object = {}) => ({
  ...{ filePath: `src/${noun}.ts`, editTargets: [`load_${noun}`], intent: `Load the ${noun}` },
  ...more,
});

describe('cli build', () => {
  let scratch: Scratch;
  const plans = (value: unknown) => scratch.write({ 'plans.json': JSON.stringify(value) });
  /** No model is asked, the repository's own nearest function stands in. */
  const build = (...args: string[]) => ['build', 'plans.json', '--no-model', ...args];

  beforeEach(() => {
    scratch = new Scratch();
    scratch.write({
      'src/ledger.ts': LEDGER,
      'tsconfig.json':
        '{"compilerOptions":{"strict":true,"target":"es2022","module":"esnext","moduleResolution":"bundler"}}',
      ...Object.fromEntries(['order', 'invoice', 'basket'].map((noun) => [`src/${noun}.ts`, whole(noun)])),
      ...Object.fromEntries(['ship', 'parcel'].map((noun) => [`src/${noun}.ts`, stub(noun)])),
    });
  });
  afterEach(() => scratch.dispose());

  it('gives one patch for each plan by priority; a plan that fails is an error patch and stops nobody', async () => {
    plans([
      plan('ship'),
      plan('order', { editTargets: ['load_order', { range: '5:3-5:20' }], priority: 3 }),
      plan('nothing', { priority: 2 }),
      plan('parcel', { language: 'python', priority: 9 }),
      plan('parcel', { priority: -1 }),
    ]);
    const { patches, appliedId } = await scratch.json<Built>(build(), { codes: [1] });
    assert.equal(appliedId, null);
    assert.deepEqual(
      patches.map(({ filePath }) => filePath),
      ['src/parcel.ts', 'src/order.ts', 'src/nothing.ts', 'src/ship.ts', 'src/parcel.ts'],
    );
    assert.deepEqual(
      patches.map(({ error }) => error?.code ?? null),
      ['badArguments', 'badArguments', 'notFound', null, null],
    );
    assert.match(patches[1]?.error?.message ?? '', /overlap/);
    for (const patch of patches.slice(0, 3)) {
      assert.ok((patch.error?.advice ?? '') !== '');
      assert.deepEqual([patch.diff, patch.canApply, patch.riskScore], ['', false, 1]);
      assert.equal(patch.generatedCode, patch.originalCode);
      assert.equal(patch.validationErrors.length, 1);
    }
    const ship = patches[3];
    assert.ok(ship);
    assert.match(ship.diff, /^\+ {2}const found = await ledger.findEntry\(\{ kind: 'ship', id \}\);$/m);
    assert.match(ship.diff, /^- {2}throw new Error\('not implemented'\);$/m);
    assert.equal(ship.originalCode, stub('ship'));
    assert.equal(ship.generatedCode.includes(ship.samples[0]?.text as string), true);
    assert.equal(ship.maskedSpans[0]?.symbol, 'load_ship');
    assert.equal(ship.canApply, true);
    assert.deepEqual(ship.validatedBy, ['typescript']);
    assert.match(ship.compressedContext, /interface Entry/);
    assert.equal(ship.contextTold, false);
    assert.match(ship.provenance[0]?.fileHash ?? '', /^[0-9a-f]{64}$/);
    assert.match(ship.provenance[0]?.planHash ?? '', /^[0-9a-f]{64}$/);
    assert.ok(ship.provenance[0]?.tools['typescript'] && ship.provenance[0].tools['node']);
    assert.equal(scratch.text('src/ship.ts'), stub('ship'));
  });

  it('combines the targets of one file into one patch, and tells the model of the context where asked', async () => {
    scratch.write({ 'src/both.ts': stub('ship') + stub('parcel').replace(/^import.*\n\n/, '') });
    plans([{ filePath: 'src/both.ts', editTargets: ['load_parcel', 'load_ship'], intent: 'Load them' }]);
    const { patches } = await scratch.json<Built>(build('--context'));
    const [patch] = patches;
    assert.deepEqual(
      patch?.maskedSpans.map(({ symbol }) => symbol),
      ['load_ship', 'load_parcel'],
    );
    assert.equal(patch?.generatedCode.match(/findEntry/g)?.length, 2);
    assert.equal(patch?.contextTold, true);
    assert.equal(patch?.samples.length, 2);
  });

  it('writes what can be applied, all together, and records it; undo takes all back', async () => {
    plans([plan('ship'), plan('parcel'), plan('order', { editTargets: ['nope'] })]);
    const told = await scratch.json<Built>(build('--apply'), { codes: [1] });
    assert.deepEqual(
      told.patches.map(({ execution }) => execution?.outcome),
      ['applied', 'applied', 'notApplied'],
    );
    assert.match(scratch.text('src/ship.ts'), /findEntry/);
    assert.match(scratch.text('src/parcel.ts'), /findEntry/);
    const { comparison } = await scratch.json<Built>(['build', '--compare']);
    assert.deepEqual(
      comparison?.presets.map(({ samples, accepted }) => ({ samples, accepted })),
      [{ samples: 2, accepted: 2 }],
    );
    assert.equal((await scratch.run(['undo'])).code, 0);
    assert.equal(scratch.text('src/ship.ts'), stub('ship'));
    assert.equal(scratch.text('src/parcel.ts'), stub('parcel'));
  });

  it('takes every file back where the project’s tests fare worse, and says so', async () => {
    const check = "process.exit(require('fs').readFileSync('src/parcel.ts', 'utf8').includes('findEntry') ? 1 : 0);\n";
    scratch.write({ 'package.json': '{"name":"x","scripts":{"test":"node check.cjs"}}', 'check.cjs': check });
    plans([plan('ship'), plan('parcel')]);
    const { patches, appliedId } = await scratch.json<Built>(build('--apply', '--trust'), { codes: [1] });
    assert.deepEqual(
      patches.map(({ execution }) => execution?.outcome),
      ['rolledBack', 'rolledBack'],
    );
    assert.match(patches[0]?.execution?.reason ?? '', /taken back, all 2 files/);
    assert.equal(appliedId, null);
    assert.equal(scratch.text('src/ship.ts'), stub('ship'));
    assert.equal(scratch.text('src/parcel.ts'), stub('parcel'));
    const without = await scratch.json<Built>(build('--apply', '--trust', '--no-tests'));
    assert.equal(without.patches[0]?.execution?.outcome, 'applied');
    assert.equal(without.tests, 'notRun');
  });

  it('tells what the project’s tests say of what it wrote', async () => {
    plans([plan('ship')]);
    const untested = await scratch.run(build('--apply', '--trust'));
    assert.match(
      untested.stdout,
      /1 written.*\n.*tests were not run\.\n\s*npm-test: package\.json has no test script\.\n$/,
    );
    scratch.write({ 'package.json': '{"name":"x","scripts":{"test":"node check.cjs"}}', 'check.cjs': '' });
    plans([plan('parcel')]);
    const { tests, patches } = await scratch.json<Built>(build('--apply', '--trust'));
    assert.deepEqual([patches[0]?.execution?.outcome, tests], ['applied', 'passed']);
  });

  it('takes back what go test refuses, though it compiles', async function () {
    needs(this, findOnPath('go'), 'go');
    const load = (noun: string) =>
      `package ledger\n\nfunc Load${noun}(id int) string {\n\treturn findEntry("${noun}", id)\n}\n`;
    scratch.write({
      'go.mod': 'module example.com/ledger\n\ngo 1.21\n',
      'find.go': 'package ledger\n\nfunc findEntry(kind string, id int) string { return kind }\n',
      ...Object.fromEntries(['Order', 'Invoice', 'Basket'].map((noun) => [`${noun}.go`, load(noun)])),
      'Ship.go': 'package ledger\n\nfunc LoadShip(id int) string {\n\tpanic("todo")\n}\n',
      'ship_test.go':
        'package ledger\n\nimport "testing"\n\nfunc TestShip(t *testing.T) {\n\tdefer func() { recover() }()\n\tif LoadShip(1) != "" {\n\t\tt.Error("no")\n\t}\n}\n',
    });
    plans([{ filePath: 'Ship.go', editTargets: ['LoadShip'], intent: 'Load the entry' }]);
    const { patches, tests } = await scratch.json<Built>(build('--apply', '--trust'), { codes: [1] });
    assert.deepEqual([patches[0]?.canApply, patches[0]?.validatedBy], [true, ['go']]);
    assert.deepEqual([patches[0]?.execution?.outcome, tests], ['rolledBack', 'failed']);
    assert.match(
      patches[0]?.execution?.reason ?? '',
      /taken back: ship_test\.go:8: Failed: TestShip of example\.com\/ledger$/,
    );
    assert.match(scratch.text('Ship.go'), /panic\("todo"\)/);
  });

  it('joins the plans for one file, and refuses the second of two that change the same code', async () => {
    scratch.write({ 'src/both.ts': stub('ship') + stub('parcel').replace(/^import.*\n\n/, '') });
    const both = (target: string, priority: number) => ({
      ...{ filePath: 'src/both.ts', editTargets: [target], intent: 'Load', priority },
    });
    plans([both('load_ship', 1), both('load_parcel', 2), both('load_parcel', 3)]);
    const { patches } = await scratch.json<Built>(build('--apply'), { codes: [1] });
    assert.deepEqual(
      patches.map(({ execution }) => execution?.outcome),
      ['applied', 'notApplied', 'applied'],
    );
    assert.match(patches[1]?.execution?.reason ?? '', /higher priority/);
    assert.equal(scratch.text('src/both.ts').match(/findEntry/g)?.length, 2);
  });

  it('does not write what is riskier than allowed, nor without a tool that looked at it', async () => {
    scratch.write({ 'lib/a.go': 'package lib\n\nfunc A() int { return 1 }\n\nfunc B() int { panic("TODO") }\n' });
    plans([plan('ship'), { filePath: 'lib/a.go', editTargets: ['B'], intent: 'One' }]);
    const { patches } = await scratch.json<Built>(build('--apply', '--max-risk', '0.1'), { codes: [1] });
    assert.match(patches[0]?.execution?.reason ?? '', /above the limit/);
    assert.match(patches[1]?.execution?.reason ?? '', /No tool could validate|sure enough|stands/);
    assert.equal(scratch.text('src/ship.ts'), stub('ship'));
  });

  it('refuses plans that are none before anything is read, and asks nobody to stand in with --no-fallback', async () => {
    plans([{ filePath: 'src/ship.ts', editTargets: [], intent: 'x' }]);
    const wrong = await scratch.run(build());
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /plans\.json:1: "0\.editTargets"/);
    assert.equal((await scratch.run(['build', 'nowhere.json'])).code, 2);
    assert.equal((await scratch.run(['build'])).code, 2);
    plans([plan('ship')]);
    const none = await scratch.json<Built>(build('--no-fallback'), { codes: [0, 1] });
    assert.ok(none.patches.every(({ samples }) => samples.every(({ source }) => source !== 'nearest')));
    const bad = await scratch.run(build('--preset', 'fastest'));
    assert.equal(bad.code, 2);
    const environment = await scratch.json<Built>(build(), { env: { LODESTONE_INFILL_STEPS: 'many' }, codes: [1] });
    assert.match(environment.patches[0]?.error?.message ?? '', /LODESTONE_INFILL_STEPS/);
  });
});
