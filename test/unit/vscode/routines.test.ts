/** Which function a cursor means and which functions are still stubs, in real parse trees of every language. */
import { strict as assert } from 'node:assert';
import type { LanguageId } from '../../../src/core/languages.ts';
import { functionAt, stubsIn } from '../../../src/vscode/infill/routines.ts';
import { factsOf } from '../syntax/parserFixture.ts';

const LEDGER = `import { log } from './log';

/** Sums. */
export function total(values: number[]): number {
  return values.map((value) => value * 2).reduce((a, b) => a + b, 0);
}

export class Ledger {
  constructor(private readonly entries: number[]) {}

  // What it holds.
  @logged
  balance(): number {
    throw new Error('not implemented');
  }

  abstract later(): void;
}

export function empty(): void {}
`;

const PYTHON = `from abc import abstractmethod
from typing import overload


class Store:
    def find(self, key: str) -> str:
        """The value of a key."""
        raise NotImplementedError

    @abstractmethod
    def close(self) -> None: ...

    @overload
    def read(self, key: int) -> int: ...

    def find(self, key: bytes) -> str:
        pass

    def done(self):
        return 1
`;

const names = async (language: LanguageId, text: string) =>
  stubsIn(await factsOf(language, text), text).map(({ key }) => key);

describe('the function at a cursor', () => {
  const at = async (line: number) => functionAt(await factsOf('typescript', LEDGER), LEDGER, line)?.name;

  it('is the named one around it, not a callback', async () => {
    assert.equal(await at(4), 'total');
    assert.equal(await at(5), 'total');
    assert.equal(await at(14), 'balance');
  });

  it('is the one below its documentation and decorators', async () => {
    assert.equal(await at(3), 'total');
    assert.equal(await at(11), 'balance');
    assert.equal(await at(12), 'balance');
  });

  it('is none between functions', async () => {
    assert.equal(await at(1), undefined);
    assert.equal(await at(7), undefined);
  });
});

describe('stubs of a file', () => {
  it('are bodies still to be written; constructors, abstract methods and signatures are finished', async () => {
    assert.deepEqual(await names('typescript', LEDGER), ['Ledger.balance#1', 'empty#1']);
    assert.deepEqual(await names('python', PYTHON), ['Store.find#1', 'Store.find#2']);
    assert.deepEqual(await names('rust', 'fn a() -> u8 { todo!() }\nfn b() -> u8 { 1 }\n'), ['a#1']);
    assert.deepEqual(
      await names('go', 'package p\n\nfunc A() int {\n\tpanic("TODO")\n}\n\nfunc B() int { return 1 }\n'),
      ['A#1'],
    );
  });

  it('keep their names while others are written', async () => {
    const [, second] = await names('python', PYTHON);
    assert.deepEqual(await names('python', PYTHON.replace('raise NotImplementedError', 'return self.values[key]')), [
      second,
    ]);
  });
});
