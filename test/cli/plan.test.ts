/** `lodestone plan`: an issue in words becomes targets with reasons, and what it prints is what `lodestone build` carries out. */
import { strict as assert } from 'node:assert';
import { Scratch } from './lodestone.ts';

interface Planned {
  readonly plans: readonly {
    readonly title: string;
    readonly target: { readonly path: string; readonly symbol: string; readonly line: number };
    readonly rationale: string;
    readonly priority: number;
    readonly score: number;
  }[];
}

const MONEY = `/** Rounds an amount to cents. */
export function roundAmount(amount: number): number {
  return Math.round(amount * 100) / 100;
}

/** Rounds a rate to per cent. */
export function roundRate(rate: number): number {
  throw new Error('not implemented');
}
`;
const MAIL = `export function sendReminder(address: string): string {
  if (!address.includes('@')) throw new Error('this is no mail address: ' + address);
  return address;
}
`;

describe('cli plan', () => {
  let scratch: Scratch;
  beforeEach(() => {
    scratch = new Scratch();
    scratch.write({ 'src/money.ts': MONEY, 'src/mail.ts': MAIL });
  });
  afterEach(() => scratch.dispose());

  it('leads to the function that is meant, and says why', async () => {
    const { plans } = await scratch.json<Planned>(['plan', '--issue', 'Rates are not rounded: roundRate fails']);
    assert.deepEqual(plans[0]?.target, { path: 'src/money.ts', symbol: 'roundRate', line: 7 });
    assert.match(plans[0]?.rationale ?? '', /names `roundRate`/);
    assert.ok((plans[0]?.score ?? 0) > (plans[1]?.score ?? 1));
    const run = await scratch.run(['plan', '--file', '-'], { stdin: 'Error: this is no mail address: x' });
    assert.match(run.stdout, /1\. sendReminder {2}src\/mail\.ts:1/);
    assert.match(run.stdout, /message/);
  });

  it('prints what build carries out', async () => {
    const planned = await scratch.run(['plan', '--issue', 'roundRate is missing', '--limit', '1', '--json']);
    scratch.write({ 'plans.json': planned.stdout });
    const built = await scratch.json<{ patches: readonly { readonly filePath: string; readonly error: unknown }[] }>(
      ['build', 'plans.json', '--no-model'],
      { codes: [0, 1] },
    );
    assert.equal(built.patches.length, 1);
    assert.equal(built.patches[0]?.filePath, 'src/money.ts');
    const piped = await scratch.run(['build', '-', '--no-model', '--json'], { stdin: planned.stdout });
    assert.equal(JSON.parse(piped.stdout).patches.length, 1);
  });

  it('says where nothing speaks of it, and what is missing', async () => {
    const none = await scratch.json<Planned>(['plan', '--issue', 'zebra crossing'], { codes: [1] });
    assert.deepEqual(none.plans, []);
    for (const wrong of [
      ['plan'],
      ['plan', '--issue', 'fix the bug'],
      ['plan', '--file', 'nowhere.txt'],
      ['plan', '--issue', 'x', '--limit', '0'],
    ])
      assert.equal((await scratch.run(wrong)).code, 2, wrong.join(' '));
  });
});
